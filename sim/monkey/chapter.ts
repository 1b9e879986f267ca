/** One chapter of the monkey's run: a fresh bus, a sequence of actions, and at the end everything mended and checked. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { paidInJournals } from '../backoffice/journal-payments.ts';
import { rowsOfJournal } from '../backoffice/journal-rows.ts';
import { type Bus, startBus } from '../bus/bus.ts';
import { typeOnConsole } from '../bus/console.ts';
import { postNames } from '../bus/validator-post.ts';
import type { Action } from './actions.ts';
import { Disagreed, type Disagreement } from './disagreement.ts';
import type { MemoryWatch } from './memory-watch.ts';
import type { Rules } from './oracle-rules.ts';
import type { WorldStart } from './oracle-world.ts';
import { perform } from './perform.ts';
import { createReferee, type Referee } from './referee.ts';

export interface ChapterOptions {
  /** Must be empty. */
  readonly directory: string;
  readonly start: WorldStart;
  readonly rules: Rules;
  readonly memory: MemoryWatch;
  /** Called when an action has been carried out. */
  readonly onAction?: (action: Action, tookMs: number) => void;
}

export interface ChapterEnd {
  /** What was done, in full. */
  readonly actions: readonly Action[];
  readonly taps: Readonly<Record<string, number>>;
  readonly disagreement: Disagreement | undefined;
}

/** The journal's console command shows 200 rows. */
const compareJournalsEvery = 120;
const readyLimitMs = 180_000;
const mendLimitMs = 180_000;
const mending = [
  'network on',
  'data fresh',
  ...postNames.flatMap(post => [`freeze ${post} off`, `gnss ${post} fix`, `psam ${post} in`]),
];

/** @param actions ends when there is no more to do */
export async function runChapter(
  { directory, start, rules, memory, onAction }: ChapterOptions,
  actions: Iterable<Action>,
): Promise<ChapterEnd> {
  const done: Action[] = [];
  const taps: Record<string, number> = {};
  const lateness = watchLoopLateness();
  const bus = await startBus({ directory, ...start });
  const referee = createReferee(bus, start, rules, lateness.worstMs);
  bus.onLog((post, line) => {
    referee.hear(post, line);
    const verdict = line.event === 'tap' ? String(line.verdict) : line.event;
    if (line.event === 'tap' || line.event === 'card-lost') taps[verdict] = (taps[verdict] ?? 0) + 1;
  });
  bus.onOfficeLog(entry => referee.hearOffice(entry));
  try {
    await whenReady(referee);
    for (const action of actions) {
      done.push(action);
      const from = performance.now();
      lateness.reset();
      await carryOut(bus, referee, action);
      onAction?.(action, Math.round(performance.now() - from));
      checkMemory(bus, memory);
      if (done.length % compareJournalsEvery === 0) await compareJournals(bus, referee);
    }
    await mend(bus, referee);
    await comparePayments(bus, referee);
    await compareJournals(bus, referee);
    return { actions: done, taps, disagreement: undefined };
  } catch (error) {
    if (!(error instanceof Disagreed)) throw error;
    return { actions: done, taps, disagreement: error.disagreement };
  } finally {
    lateness.close();
    await bus.close();
  }
}

async function carryOut(bus: Bus, referee: Referee, action: Action): Promise<void> {
  for (const command of action) referee.begin(command, Date.now());
  const ends = await Promise.allSettled(
    action.map(async command => referee.end(await perform(bus, command))),
  );
  const failed = ends.find(end => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  referee.settle();
}

function checkMemory(bus: Bus, memory: MemoryWatch): void {
  const own = memory.growthOf('monkey', process.pid, Date.now());
  if (own !== undefined) throw new Disagreed(own);
  for (const post of postNames) {
    const { pid } = bus.posts[post].firmware;
    const grown = pid === undefined ? undefined : memory.growthOf(post, pid, Date.now());
    if (grown !== undefined) throw new Disagreed(grown);
  }
}

async function whenReady({ posts }: Referee): Promise<void> {
  const isReady = () =>
    postNames.every(post => posts[post].log.upSince !== undefined && posts[post].log.data.holds === 'fresh');
  await waitFor(isReady, readyLimitMs, () => 'both validators ready with fresh data');
}

/** Undoes all that was done, and waits until everything works again. */
async function mend(bus: Bus, referee: Referee): Promise<void> {
  for (const command of mending) await carryOut(bus, referee, [command]);
  const broken = () =>
    postNames.flatMap(post => {
      const { log } = referee.posts[post];
      const parts = [...log.parts].filter(([, { works }]) => !works);
      const faults = parts.map(([name, { problem }]) => `${post} ${name}: ${problem}`);
      return log.upSince === undefined ? [`${post} is not up`] : faults;
    });
  await waitFor(
    () => broken().length === 0,
    mendLimitMs,
    () => broken().join(', '),
  );
  referee.settle();
}

async function waitFor(condition: () => boolean, limitMs: number, what: () => string): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!condition()) {
    if (Date.now() > deadline) {
      const expected = `all works within ${limitMs / 1000} s`;
      throw new Disagreed({ kind: 'mending', expected, got: what() });
    }
    await sleep(50);
  }
}

/** Both validators' journals, as their consoles tell them. */
async function compareJournals(bus: Bus, { posts }: Referee): Promise<void> {
  for (const post of postNames) {
    const { ledger, log, mayMiss } = posts[post];
    if (log.upSince === undefined) continue;
    const text = await typeOnConsole(bus.posts[post].consolePort, 'journal 200');
    const wrong = ledger.compare(text, mayMiss);
    if (wrong !== undefined) throw new Disagreed({ ...wrong, got: `${post}: ${wrong.got}` });
  }
}

/** To the fen: what is off the purses, and what the journals say was paid. */
async function comparePayments(bus: Bus, referee: Referee): Promise<void> {
  for (const action of referee.unsettled()) await carryOut(bus, referee, action);
  const journals = postNames.map(post => rowsOfJournal(bus.posts[post].journal, bus.office.opening));
  const { paidFen, unknown } = paidInJournals(await Promise.all(journals));
  const offFen = referee.paidInAll();
  if (paidFen === offFen && unknown === 0) return;
  const got = `the journals say ${paidFen} fen, and do not know of ${unknown} purchases`;
  throw new Disagreed({ kind: 'payments', expected: `${offFen} fen, as are off the purses`, got });
}

const resolutionMs = 10;

/** How late this process's timers are: cards and phones are played in it, and answer no sooner. */
function watchLoopLateness() {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  return {
    /** The most since the last reset. */
    worstMs: () => delay.max / 1e6 - resolutionMs,
    reset: () => delay.reset(),
    close: () => void delay.disable(),
  };
}
