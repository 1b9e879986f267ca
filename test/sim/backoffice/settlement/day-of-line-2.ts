/**
 * A day of line 2 on four buses: 3,000 passengers on the made-up pilot feed, through the firmware's own taps, cards and PSAMs, and
 * the morning after, when some of those who had not tapped off ride again.
 */
import type { Route } from '../../../../device/core/fare/route.ts';
import type { Stop } from '../../../../device/core/stop.ts';
import { bmacImage, type TUnionOptions, tUnionImage } from '../../../../sim/media/card-images.ts';
import { createVirtualCard, type VirtualCard } from '../../../../sim/media/virtual-card.ts';
import { startValidator, type Tear, type Validator, type World } from '../../../device/tap/fare-stand.ts';
import type { TestContext } from '../../../harness.ts';

/** What a passenger does, and how many do so. */
export const crowd = {
  /** T-Union cards, on and off. */
  ordinary: 1080,
  /** The same: the card leaves before the debit of boarding, and is tapped again at the other door. */
  tornGettingOn: 40,
  /** The same: the card leaves after the debit of getting off, and is tapped again. */
  tornGettingOff: 60,
  student: 300,
  senior: 300,
  /** They forget to tap off, and ride again the next morning. */
  forgotten: 100,
  /** They forget to tap off, and do not come again. */
  gone: 50,
  /** Their purse holds 0.60 yuan. */
  poor: 20,
  /** Old cards, which pay at boarding. */
  old: 450,
  /** Ride codes, on and off. */
  code: 470,
  /** Ride codes that are not shown at getting off. */
  codeForgotten: 100,
  /** Ride codes of people whose health code is red. */
  red: 30,
} as const;
type Kind = keyof typeof crowd;

interface Rider {
  readonly kind: Kind;
  readonly card: VirtualCard | undefined;
  /** In hex; of those without a card. */
  readonly code: string;
  readonly on: number;
  readonly off: number;
}

interface Bus {
  readonly world: World;
  readonly front: Validator;
  readonly rear: Validator;
}

const buses = 4;
const ridersPerTrip = 32;
const minute = 60_000;
const tripMs = 40 * minute;
const stopMs = 2.5 * minute;
const tapMs = 2000;
const firstBus = Date.parse('2022-06-01T05:30:00+08:00');
const nextMorning = Date.parse('2022-06-02T07:00:00+08:00');
const beforeDebit: Tear = { at: 11, moment: 'before', side: 'card' };
const afterDebit: Tear = { at: 11, moment: 'after', side: 'card' };

/** @returns the directories of the journals. Throws where a tap does not come to what it must */
export async function rideAllDay(
  context: TestContext,
  line: { readonly route: Route; readonly stops: readonly Stop[] },
): Promise<string[]> {
  const stops = line.route.patterns[0]?.stops.map(({ id }) => id) ?? [];
  const riders = everybody(stops.length);
  const all: Bus[] = [];
  for (let number = 0; number < buses; number++) all.push(await startBus(context, number, line));
  for (const [number, bus] of all.entries()) {
    const own = riders.filter((_, i) => i % buses === number);
    for (let trip = 0; trip * ridersPerTrip < own.length; trip++) {
      const aboard = own.slice(trip * ridersPerTrip, (trip + 1) * ridersPerTrip);
      await ride(bus, stops, aboard, firstBus + trip * tripMs);
    }
    const again = own.filter(({ kind }) => kind === 'forgotten');
    await ride(
      bus,
      stops,
      again.map(rider => ({ ...rider, kind: 'ordinary' as const })),
      nextMorning,
    );
  }
  return all.flatMap(({ front, rear }) => [front.directory, rear.directory]);
}

async function startBus(
  context: TestContext,
  number: number,
  line: { readonly route: Route; readonly stops: readonly Stop[] },
): Promise<Bus> {
  const world: World = { now: firstBus, stop: undefined };
  const isRed = (token: string) => token.startsWith('r') && token.endsWith('f');
  const start = (door: number) =>
    startValidator(context, world, {
      ...{ line, isRed, bus: `A${number}` },
      terminal: `1100000${String(number * 2 + door).padStart(5, '0')}`,
    });
  return { world, front: await start(0), rear: await start(1) };
}

/** One way of the bus, with these passengers: they get off by the rear door, then others get on by the front one. */
async function ride(
  { world, front, rear }: Bus,
  stops: readonly string[],
  aboard: readonly Rider[],
  departs: number,
) {
  for (const [index, stop] of stops.entries()) {
    world.stop = stop;
    world.now = departs + index * stopMs;
    for (const rider of aboard.filter(({ off }) => off === index)) {
      await getOff(rear, rider);
      world.now += tapMs;
    }
    for (const rider of aboard.filter(({ on }) => on === index)) {
      await getOn(front, rear, rider);
      world.now += tapMs;
    }
  }
}

const refusals: Partial<Record<Kind, string>> = { poor: 'invalid insufficient-balance', red: 'abnormal' };

async function getOn(front: Validator, rear: Validator, { kind, card, code }: Rider): Promise<void> {
  if (card === undefined) return must(front.scan(code), refusals[kind] ?? 'pass on', kind);
  if (kind !== 'tornGettingOn')
    return must(await front.tap(card), refusals[kind] ?? (kind === 'old' ? 'pass single' : 'pass on'), kind);
  must(await front.tap(card, beforeDebit), 'lost', kind);
  must(await rear.tap(card), 'pass on', kind);
}

async function getOff(rear: Validator, { kind, card, code }: Rider): Promise<void> {
  // The rear door's validator has not seen the code: the back office knows that it is the same ride.
  if (kind === 'code') return must(rear.scan(code), 'pass on', kind);
  if (card === undefined || ['forgotten', 'gone', 'poor', 'old'].includes(kind)) return;
  if (kind === 'tornGettingOff') must(await rear.tap(card, afterDebit), 'lost', kind);
  must(await rear.tap(card), 'alighted pass', kind);
}

function must({ verdict }: { readonly verdict: string }, wanted: string, kind: Kind): void {
  if (verdict !== wanted) throw new Error(`${kind}: ${verdict} instead of ${wanted}`);
}

/** In an order in which every bus carries some of each kind. @param stops how many the line has */
function everybody(stops: number): Rider[] {
  const kinds = (Object.keys(crowd) as Kind[]).flatMap(kind =>
    Array.from({ length: crowd[kind] }, () => kind),
  );
  const shuffled = kinds.map((_, i) => kinds[(i * 1009) % kinds.length] as Kind);
  return shuffled.map((kind, i) => {
    const on = i % (stops - 1);
    const off = on + 1 + (Math.floor(i / stops) % (stops - 1 - on));
    return {
      kind,
      card: cardOf(kind, i),
      code: `${String(i).padStart(7, '0')}${kind === 'red' ? 'f' : '0'}`,
      on,
      off,
    };
  });
}

function cardOf(kind: Kind, index: number): VirtualCard | undefined {
  if (kind === 'code' || kind === 'codeForgotten' || kind === 'red') return undefined;
  const serial = String(index + 1);
  if (kind === 'old') return createVirtualCard(bmacImage({ number: `1000${serial.padStart(12, '0')}` }));
  const options: TUnionOptions = { number: `31051${serial.padStart(14, '0')}`, ...purses[kind] };
  return createVirtualCard(tUnionImage(options));
}

const purses: Partial<Record<Kind, TUnionOptions>> = {
  student: { kind: 'student' },
  senior: { kind: 'senior', balanceFen: 0 },
  poor: { balanceFen: 60 },
};
