/** A hundred thousand purchases in a row (DB31/T 239-2020 asks for as many of a terminal), sealed: none fails, and nothing grows. */
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { openJournal } from '../../../device/journal/journal.ts';
import { guardJournal } from '../../../device/journal/journal-guard.ts';
import type { JournalEntry } from '../../../device/journal/journal-row.ts';
import { DeviceError } from '../../../device/kit/errors.ts';
import { createCashier } from '../../../device/payment/cashier.ts';
import type { Card } from '../../../device/ports.ts';
import { readCard } from '../../../device/tap/read-card.ts';
import { tUnionImage } from '../../../sim/media/card-images.ts';
import { createPsam } from '../../../sim/media/psam.ts';
import { testPurseKeys } from '../../../sim/media/purse-keys.ts';
import { createVirtualCard } from '../../../sim/media/virtual-card.ts';
import { newPrivateKey, publicKeyOf } from '../../../sync/keys/device-key.ts';
import { openRowSealer } from '../../../sync/uplink/row-sealer.ts';
import { residentMb } from '../process-memory.ts';
import type { Figure } from '../report.ts';
import { median } from '../statistics.ts';

export const fullRow = 100_000;
const readings = 20;
const purchasesOfACard = 1000;
const fareFen = 5;
const required = { atMost: 16 };
const log = { debug() {}, info() {}, warn() {}, error() {} };

/** @throws where a purchase fails, or the card has paid another sum */
export async function measureRow(directory: string, purchases: number): Promise<Figure[]> {
  const broken = (error: Error) => {
    throw error;
  };
  const sealer = await openRowSealer(publicKeyOf(newPrivateKey()));
  const open = () => openJournal(join(directory, 'in-a-row.sqlite'), 'bench', { sealer });
  const journal = guardJournal(open, { ready() {}, fault: broken }, Date.now, () => {});
  const number = Uint8Array.from(Buffer.from('110000000042', 'hex'));
  const psam = createPsam({ keys: testPurseKeys, terminal: '110000000042' });
  const cashier = createCashier({
    psam: {
      terminal: () => ({ keyIndex: 1, number }),
      transmit: async command => psam.respond(command),
      tell: problem => problem && broken(new DeviceError('protocol', 'psam', problem)),
      close: async () => {},
    },
    journal,
    clock: Date.now,
    repeatWindowS: () => 0,
    log,
  });
  const residentMbs: number[] = [];
  try {
    for (let done = 0; done < purchases; done += purchasesOfACard) {
      await spend(cashier, done);
      if (done % (purchases / readings) < purchasesOfACard) residentMbs.push(residentMb(process.pid));
    }
    const rows = journal.current()?.count();
    if (rows?.rows !== purchases || rows.openPurchases > 0) throw new Error(`not ${JSON.stringify(rows)}`);
  } finally {
    await journal.close();
  }
  const quarter = residentMbs.length / 4;
  const growthMb =
    (median(residentMbs.slice(-quarter)) - median(residentMbs.slice(quarter, 2 * quarter))) / 0.5;
  return [
    { name: 'fare.purchasesInARow', value: purchases },
    { name: 'fare.growthMb', value: growthMb, ...(purchases >= fullRow && { required }) },
  ];
}

/** One card pays until its purse is empty. */
async function spend(cashier: ReturnType<typeof createCashier>, serial: number): Promise<void> {
  const virtual = createVirtualCard(tUnionImage({ balanceFen: purchasesOfACard * fareFen }));
  const card: Card = { atr: virtual.atr, transmit: async command => virtual.respond(command) };
  const place = { line: '2', bus: 'BENCH', stop: undefined };
  const token = Uint8Array.from(Buffer.from(String(serial).padStart(8, '0')));
  for (let i = 0; i < purchasesOfACard; i++) {
    // A card comes by an event, and its answers do.
    await setImmediate();
    virtual.reset();
    const read = await readCard(card, 60_000, true);
    if (typeof read === 'string' || read.reading.read !== 'card') throw new Error('the card was not read');
    const at = Date.now();
    const entry: JournalEntry = {
      at,
      reader: 'card',
      ...place,
      kind: 't-union',
      token,
      codeDigest: undefined,
      decision: {
        verdict: { verdict: 'pass' },
        phase: 'enforced',
        fareTaken: true,
        fareFen,
        ride: { step: 'on', mostFen: 500, owedFen: fareFen },
      },
    };
    const taken = await cashier.take(card, [token], { data: read.reading.card, state: read.ride }, entry, {
      ...place,
      at,
    });
    const leftFen = (purchasesOfACard - i - 1) * fareFen;
    if (taken === 'torn' || taken.purse?.balanceFen !== leftFen)
      throw new Error(`purchase ${serial + i}: ${JSON.stringify(taken)}`);
  }
}
