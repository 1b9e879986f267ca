/**
 * What a card reader's process of its own costs: from a card's dialling in to its notice, through a hosted loopback reader and
 * through the same reader in this process, tap about. Not through pcscd, whose polling would be all there is to see.
 *
 * Both readers are of one validator with its real link cache and journal (fsynced), so a tap is a whole tap.
 */
import { join } from 'node:path';
import type { Notice } from '../../../device/core/screen.ts';
import { createSeenMedia } from '../../../device/core/seen.ts';
import { openJournal } from '../../../device/journal/journal.ts';
import { guardJournal } from '../../../device/journal/journal-guard.ts';
import { createLog } from '../../../device/kit/log.ts';
import type { CardReader } from '../../../device/ports.ts';
import { readPolicy } from '../../../device/settings/policy-file.ts';
import { createCodeRides } from '../../../device/tap/code-rides.ts';
import { createCrewDesk } from '../../../device/tap/crew-desk.ts';
import { openCodeChecker } from '../../../device/tap/ride-code-checker.ts';
import { createValidator } from '../../../device/validator.ts';
import { createHostedReader } from '../../../drivers/card-reader/hosted/hosted.ts';
import { createVpcdReader } from '../../../drivers/card-reader/vpcd.ts';
import { freePort } from '../../../sim/wires/free-port.ts';
import { openLinkStore } from '../../../sync/cache/link-store.ts';
import { readFleetKeys } from '../../../sync/fleet-keys.ts';
import { fixedRing } from '../../../sync/keys/key-ring.ts';
import { setUpBackOffice } from '../../delivered-cache.ts';
import { linksOf } from '../people.ts';
import type { Figure } from '../report.ts';
import { quantile, quantilesOf } from '../statistics.ts';
import { takeRepeats } from '../take-repeats.ts';
import { type CardHand, createCardHand, sharedNow } from './card-hand.ts';

const warmUpTaps = 200;
const taps = 4000;
const people = 500;
const host = '127.0.0.1';
const apduTimeoutMs = 1000;
const heartbeatTimeoutMs = 60_000;
const allowedMs = 1.5;
const boarding = '请上车';

export async function measureChildOverInProcess(directory: string): Promise<Figure[]> {
  const validator = await createTimedValidator(directory);
  const inProcess = await openReader('in process', validator, at => createVpcdReader(at));
  const hosted = await openReader('child', validator, at =>
    createHostedReader({
      name: at.name,
      apduTimeoutMs,
      heartbeatTimeoutMs,
      program: vpcdProgram,
      settings: at,
    }),
  );
  const hand = createCardHand();
  const tookMs = { inProcess: [] as number[], child: [] as number[] };
  try {
    for (let serial = 0; serial < warmUpTaps + taps; serial++) {
      // Turn about also in which goes first.
      const both = [
        [inProcess, tookMs.inProcess],
        [hosted, tookMs.child],
      ] as const;
      for (const [reader, times] of serial % 2 === 0 ? both : both.toReversed()) {
        const tapMs = await tap(reader.port, serial, validator, hand);
        if (serial >= warmUpTaps) times.push(tapMs);
      }
    }
  } finally {
    await Promise.all([inProcess.reader.close(), hosted.reader.close()]);
    await hand.close();
    await validator.close();
  }
  return [
    { name: 'wires.inProcessNoticeMs', value: quantilesOf(tookMs.inProcess) },
    { name: 'wires.childNoticeMs', value: quantilesOf(tookMs.child) },
    {
      name: 'wires.childOverInProcessMs',
      value: p99(tookMs.child) - p99(tookMs.inProcess),
      required: { atMost: allowedMs },
    },
  ];
}

function p99(samples: readonly number[]): number {
  return quantile(samples, 0.99);
}

const vpcdProgram = new URL('../../drivers/card-reader/hosted/vpcd-program.js', import.meta.url);

type TimedValidator = Awaited<ReturnType<typeof createTimedValidator>>;

async function createTimedValidator(directory: string) {
  const office = setUpBackOffice(join(directory, 'back-office'), 'enforced', Date.now());
  takeRepeats(office.files.policy);
  office.publish(linksOf(people), 'fresh');
  const log = createLog('error', 'bench');
  const policy = readPolicy(office.files.policy);
  const broken = (problem: string) => {
    throw new Error(problem);
  };
  const events = { ready: () => {}, fault: (fault: Error) => broken(fault.message) };
  const links = openLinkStore(office.files.links, fixedRing(readFleetKeys(office.files.fleetKeys)), {
    changed: () => {},
    damaged: (_, why) => broken(why),
  });
  const open = () => openJournal(join(directory, 'journal.sqlite'), 'bench');
  const journal = guardJournal(open, events, Date.now, () => {});
  let shown = (_at: number, _headline: string): void => {};
  const board = {
    show: ({ passenger }: Notice) => shown(sharedNow(), passenger.headline.zh),
    showCrew: () => {},
    hold: () => () => {},
  };
  const validator = createValidator({
    line: '10',
    bus: 'bench',
    door: 'both',
    stops: () => [],
    route: () => undefined,
    cashier: undefined,
    codeRides: createCodeRides(() => 0, Date.now),
    nameOf: known => known,
    cardTimeoutMs: 700,
    policy: () => policy,
    checkCode: (await openCodeChecker([], log)).checkCode,
    links,
    journal,
    seenMedia: createSeenMedia(() => policy.repeatWindowS),
    crew: createCrewDesk({ policy: () => policy, board, log, hasKeys: false }),
    board,
    stop: () => undefined,
    clock: {
      now: Date.now,
      isKnown: () => true,
      isDoubted: () => false,
      hearCode: () => false,
      rideTaken: () => {},
    },
    log,
  });
  return {
    events: validator.cardEvents,
    /** Resolves to `sharedNow()` at the next notice. @throws when it is another one than expected */
    nextNotice: () =>
      new Promise<number>((resolve, reject) => {
        shown = (at, headline) => {
          if (headline === boarding) resolve(at);
          else reject(new Error(`not this notice: ${headline}`));
        };
      }),
    async close() {
      await journal.close();
      links.close();
    },
  };
}

async function openReader(
  name: string,
  validator: TimedValidator,
  create: (at: { name: string; host: string; port: number; apduTimeoutMs: number }) => CardReader,
) {
  const port = await freePort();
  const reader = create({ name, host, port, apduTimeoutMs });
  await new Promise<void>((ready, fault) => reader.open(validator.events(name, { ready, fault })));
  return { port, reader };
}

async function tap(port: number, serial: number, validator: TimedValidator, hand: CardHand): Promise<number> {
  const noticed = validator.nextNotice();
  const since = await hand.tap({ port, serial: serial % people }, noticed);
  return (await noticed) - since;
}
