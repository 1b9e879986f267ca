/** Validators of one bus that debit cards, without their wires: real journals, virtual cards and PSAMs, time in hand. */
import { join } from 'node:path';
import { toHex } from '../../../device/core/bytes.ts';
import type { Route } from '../../../device/core/fare/route.ts';
import type { MediumKind } from '../../../device/core/medium.ts';
import { type Policy, pilotPolicy } from '../../../device/core/policy.ts';
import type { Notice } from '../../../device/core/screen.ts';
import type { Stop } from '../../../device/core/stop.ts';
import type { RowSealer } from '../../../device/data-ports.ts';
import { DeviceError } from '../../../device/kit/errors.ts';
import type { Closer } from '../../../device/kit/process.ts';
import { createCashier } from '../../../device/payment/cashier.ts';
import { openPsamSlot } from '../../../device/payment/psam-slot.ts';
import type { BusLink, Card, CardReaderEvents } from '../../../device/ports.ts';
import { openRides } from '../../../device/rides.ts';
import { createCrewDesk } from '../../../device/tap/crew-desk.ts';
import { createTap } from '../../../device/tap/tap.ts';
import type { Presented, TapReport } from '../../../device/tap/tap-report.ts';
import { createPsam } from '../../../sim/media/psam.ts';
import { testPurseKeys } from '../../../sim/media/purse-keys.ts';
import type { VirtualCard } from '../../../sim/media/virtual-card.ts';
import { type TestContext, until } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

/** A line of 30 km with a stop each 5 km, the way back by its own stops. */
export const longLine: Route = {
  line: '38',
  patterns: [way('there'), way('back')],
};

function way(name: string) {
  return { stops: Array.from({ length: 7 }, (_, i) => ({ id: `${name}-${i}`, alongM: i * 5000 })) };
}

export const stops: readonly Stop[] = longLine.patterns.flatMap(pattern =>
  pattern.stops.map(({ id }) => ({
    id,
    name: { zh: id, en: id },
    position: { latitudeDeg: 39.9, longitudeDeg: 116.4 },
  })),
);

/** Where and when the bus is. */
export interface World {
  now: number;
  stop: string | undefined;
  /** The validator's clock is not believed. */
  isTimeUnknown?: boolean;
}

export const firstOfJune = Date.parse('2022-06-01T08:00:00+08:00');

/** Cuts the power at a moment of a purchase: what is asked then is never answered, and the validator is gone. */
export class PowerCut extends Error {}

/** When a card leaves, or the power is cut: before or after so many commands of the card's. */
export interface Tear {
  readonly at: number;
  readonly moment: 'before' | 'after';
  readonly side: 'card' | 'power';
}

export interface ValidatorOptions {
  readonly policy?: Policy;
  readonly route?: Route | undefined;
  readonly door?: 'both' | 'on' | 'off';
  readonly bus?: string;
  readonly terminal?: string;
  readonly psam?: VirtualCard | undefined;
  readonly status?: 'green' | 'red' | 'none';
  /** Whose health code is red, if not everybody's is the same; by the token of this stand. */
  readonly isRed?: (token: string) => boolean;
  /** Line 38's of this file unless given. */
  readonly line?: { readonly route: Route; readonly stops: readonly Stop[] };
  /** A medium of the list of denied. */
  readonly denied?: boolean;
  /** The way to the other doors of the bus. */
  readonly link?: BusLink | undefined;
  /** Undefined where rows are not sealed. */
  readonly sealer?: RowSealer | undefined;
}

export type Validator = Awaited<ReturnType<typeof startValidator>>;

const busKey = new Uint8Array(32).fill(7);
const silentLog = { debug() {}, info() {}, warn() {}, error() {} };

/** @param directory keeps its journal over restarts */
export async function startValidator(
  context: TestContext,
  world: World,
  options: ValidatorOptions = {},
  directory = temporaryDirectory(context),
) {
  const { policy = pilotPolicy, door = 'both', bus = 'A1234', terminal = '110000000042' } = options;
  const { route, stops: lineStops } = options.line ?? { route: longLine, stops };
  const file = join(directory, 'journal.sqlite');
  const part = { ready() {}, fault(_: Error) {} };
  const clock = () => world.now;
  const { closers, ...rides } = openRides({
    ...{
      device: `test-${terminal.slice(-4)}`,
      file,
      busLink: options.link,
      busKey,
      sealer: options.sealer,
      clock,
      log: silentLog,
    },
    limits: { repeatWindowS: () => policy.repeatWindowS, rideMaxS: () => policy.fare.rideMaxS },
    neverRode() {},
    parts: { add: () => part, list: () => [], onChange: () => () => {}, settled: async () => {} },
  });
  const { journal } = rides;
  const close = () => closeAll(closers);
  context.after(close);
  const psam = 'psam' in options ? options.psam : createPsam({ keys: testPurseKeys, terminal });
  const slot = openPsamSlot(psamReader(psam), 1, part);
  context.after(() => slot.close());
  if (psam !== undefined) await until('the PSAM has given its number', () => slot.terminal() !== undefined);
  const cashier = createCashier({
    psam: slot,
    journal,
    clock,
    repeatWindowS: () => policy.repeatWindowS,
    log: silentLog,
  });
  const shown: Notice[] = [];
  const board = {
    show: (notice: Notice) => void shown.push(notice),
    showCrew() {},
    hold: () => () => {},
  };
  const crew = createCrewDesk({
    policy: () => policy,
    board,
    log: silentLog,
    hasKeys: true,
    monotonic: clock,
  });
  const stop = () => lineStops.find(({ id }) => id === world.stop);
  const tap = createTap({
    line: route.line,
    bus,
    door,
    cardTimeoutMs: 600_000,
    policy: () => policy,
    checkCode: bytes => ({
      accepted: true,
      medium: { kind: 'ride-code', account: toHex(bytes), cardKind: 'unknown', balanceFen: undefined },
      steps: [],
    }),
    links: linksOf(options, clock),
    ...rides,
    cashier,
    crew,
    board,
    stop,
    stops: () => lineStops,
    route: () => ('route' in options ? options.route : route),
    clock: {
      now: clock,
      isKnown: () => world.isTimeUnknown !== true,
      isDoubted: () => false,
      hearCode: () => false,
      rideTaken() {},
    },
    monotonic: clock,
    log: silentLog,
  });
  /** What the passenger and the crew read, and what was decided; `lost` where they are to tap again. */
  function seen(presented: Presented) {
    const notice = shown.at(-1);
    const texts = (who: 'passenger' | 'crew') =>
      notice === undefined
        ? ''
        : [notice[who].headline, ...notice[who].details].map(({ zh }) => zh).join(' ');
    const report = 'decision' in presented ? presented : undefined;
    return {
      verdict: report === undefined ? 'lost' : verdictOf(report),
      fareFen: report?.decision.fareFen,
      paidFen: report?.paidFen,
      passenger: texts('passenger'),
      crew: texts('crew'),
    };
  }

  return {
    directory,
    journal,
    crew,
    close,
    async tap(card: VirtualCard, tear?: Tear) {
      card.reset();
      return seen(await tap.takeCard('card', inField(card, tear)));
    },
    /** @param code of one account each, in hex */
    scan: (code: string) => seen(tap.takeCode('scanner', { bytes: Buffer.from(code, 'hex') })),
  };
}

async function closeAll(closers: readonly Closer[]): Promise<void> {
  for (const close of closers.toReversed()) await close();
}

function verdictOf({ decision: { verdict, ride } }: TapReport): string {
  const reason = 'reason' in verdict ? verdict.reason : ride?.step;
  return reason === undefined ? verdict.verdict : `${verdict.verdict} ${reason}`;
}

function linksOf({ status: all = 'green', denied = false, isRed }: ValidatorOptions, now: () => number) {
  const tokenOf = (kind: MediumKind, account: string) =>
    Uint8Array.from(Buffer.from(`${kind[0]}${account.slice(-7)}`));
  const statusOf = (token: Uint8Array) => (isRed?.(Buffer.from(token).toString()) ? 'red' : all);
  return {
    tokenOf,
    otherTokensOf: () => [],
    find(token: Uint8Array) {
      const status = statusOf(token);
      return status === 'none'
        ? ({ found: false, denied, linksAsOf: now() } as const)
        : ({ found: true, denied, status, linksAsOf: now(), statusAsOf: now() } as const);
    },
    describe: () => ({ usable: false, why: 'not asked' }) as const,
    verify: async () => undefined,
    close() {},
  };
}

function psamReader(psam: VirtualCard | undefined) {
  return {
    name: 'psam',
    open(events: CardReaderEvents) {
      events.ready();
      if (psam !== undefined)
        events.inserted({ atr: psam.atr, transmit: async command => psam.respond(command) });
    },
    close: async () => {},
  };
}

/** A card of which the reader says when it leaves. */
function inField(card: VirtualCard, tear: Tear | undefined): Card {
  let commands = 0;
  return {
    atr: card.atr,
    async transmit(command) {
      commands++;
      if (tear === undefined || commands < tear.at) return card.respond(command);
      if (tear.moment === 'after' && commands === tear.at) card.respond(command);
      if (tear.side === 'power') throw new PowerCut('the power is cut');
      throw new DeviceError('medium-lost', 'card', 'the card has left');
    },
  };
}

/** What an old Beijing card holds, in fen. */
export function oldPurseOf(card: VirtualCard): number {
  card.reset();
  const ask = (hex: string) => card.respond(Uint8Array.from(Buffer.from(hex, 'hex')));
  ask('00A40000021001');
  return Buffer.from(ask('805C000204')).readUInt32BE(0);
}

/** What is on the card, as its own commands tell. */
export function purseOf(card: VirtualCard) {
  card.reset();
  const ask = (hex: string) => card.respond(Uint8Array.from(Buffer.from(hex, 'hex')));
  ask('00A4040008A000000632010105');
  const balance = Buffer.from(ask('805C030204')).readUInt32BE(0);
  const state = ask('00B202D400');
  const record = ask('00B201F430');
  return { balance, state: state[14] ?? 0, record: toHex(record.subarray(0, 1)) };
}
