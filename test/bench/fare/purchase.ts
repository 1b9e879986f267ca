/**
 * How long a passenger waits who pays: from the card's dialling the reader to the notice, the time that card and PSAM take
 * themselves left out, over the two rows that a purchase must have on the disk.
 *
 * Every card has a ride open on another bus. So each tap is a compound purchase, with both records, as most taps on a line by
 * distance are.
 */
import { toHex } from '../../../device/core/bytes.ts';
import { rideStateIn } from '../../../device/core/transit-card/ride-record.ts';
import { boarded } from '../../../device/core/transit-card/ride-update.ts';
import { tUnionImage } from '../../../sim/media/card-images.ts';
import { createPsam } from '../../../sim/media/psam.ts';
import { testPurseKeys } from '../../../sim/media/purse-keys.ts';
import { createVirtualCard, type VirtualCard } from '../../../sim/media/virtual-card.ts';
import { withFirmware } from '../firmware-under-test.ts';
import { cardNumber } from '../people.ts';
import { type Figure, say } from '../report.ts';
import { median, quantilesOf } from '../statistics.ts';
import { createReference } from '../taps/reference.ts';
import { createTestStand } from '../test-stand.ts';

const warmUpTaps = 100;
const taps = 1000;
const rowsOfAPurchase = 2;
const required = { p50: 4, p99: 12 };
/** Why each is asked; the bench fails where a tap has others. */
const reasons: Readonly<Record<string, string>> = {
  '00A40400': 'SELECT the application',
  '00B09500': 'file 15: number, dates, enabled',
  '00B09700': 'file 17: kind, for the fare',
  '805C0302': 'the balance',
  '805C0202': 'the overdraft used',
  '00A40000': 'DF ADFA: is it blacklisted',
  '00B202D4': 'record 1A: is a ride open',
  '80500302': 'begin the purchase',
  '80DC02D0': 'hold the ride (1A)',
  '80DC00F0': 'hold its record (1E)',
  '80540100': 'debit, and write both',
  '80700000': 'PSAM: authorise (MAC1)',
  '80720000': 'PSAM: check the card (MAC2)',
};

/** What is sent to it, and how long it takes itself. */
interface Watched extends VirtualCard {
  readonly asked: string[];
  takenMs: number;
}

function watch(card: VirtualCard): Watched {
  const watched: Watched = {
    ...card,
    asked: [],
    takenMs: 0,
    respond(command) {
      const since = performance.now();
      const answer = card.respond(command);
      watched.takenMs += performance.now() - since;
      watched.asked.push(toHex(command.subarray(0, 4)).toUpperCase());
      return answer;
    },
  };
  return watched;
}

export async function measurePurchases(directory: string): Promise<Figure[]> {
  const psam = watch(createPsam({ keys: testPurseKeys, terminal: '110000000042' }));
  const stand = await createTestStand(directory, undefined, psam);
  const reference = createReference(directory);
  const tookMs: number[] = [];
  let asked: readonly string[] = [];
  try {
    await withFirmware(stand.configFile, async () => {
      for (let serial = 0; serial < warmUpTaps + taps; serial++) {
        const card = watch(debtor(serial));
        psam.asked.length = 0;
        psam.takenMs = 0;
        const tapMs = await stand.tap(card);
        reference.insert();
        asked = [...card.asked, ...psam.asked];
        if (serial >= warmUpTaps) tookMs.push(tapMs - card.takenMs - psam.takenMs);
      }
    });
  } finally {
    reference.close();
    await stand.close();
  }
  const rowsMs = rowsOfAPurchase * median(reference.samples);
  const { p50, p99 } = quantilesOf(tookMs);
  return [
    { name: 'fare.purchaseMs', value: { p50, p99 } },
    {
      name: 'fare.purchaseOverFsyncMs',
      value: { p50: p50 - rowsMs, p99: p99 - rowsMs },
      required: { atMost: required },
    },
    { name: 'fare.apdus', value: apdusOf(asked) },
  ];
}

/** @throws for a command that nobody has given a reason for */
function apdusOf(asked: readonly string[]): number {
  for (const head of asked) {
    const reason = reasons[head];
    if (reason === undefined) throw new Error(`why is ${head} asked?`);
    say(`  ${head}  ${reason}`);
  }
  return asked.length;
}

/** A card with 1.00 yuan open from another bus. */
function debtor(serial: number): VirtualCard {
  const image = tUnionImage({ number: cardNumber(serial), balanceFen: 5000 });
  const place = {
    line: '2',
    bus: 'ELSEWHER',
    terminal: new Uint8Array(6),
    at: Date.now() - 3_600_000,
    stop: undefined,
  };
  const applications = image.applications.map(application => {
    const [spare = '', before = ''] = application.records?.['1A'] ?? [];
    const { record } = rideStateIn(Uint8Array.from(Buffer.from(before, 'hex')));
    return {
      ...application,
      records: { ...application.records, '1A': [spare, toHex(boarded(record, place, 100))] },
    };
  });
  return createVirtualCard({ ...image, applications });
}
