/** The monkey: chapter after chapter of random actions on real buses, until the time is over or something disagrees. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom, type Random } from '../media/random.ts';
import { type Action, createActions } from './actions.ts';
import { type ChapterEnd, runChapter } from './chapter.ts';
import type { Disagreement } from './disagreement.ts';
import { createMemoryWatch } from './memory-watch.ts';
import { type Rules, usualRules } from './oracle-rules.ts';
import type { WorldStart } from './oracle-world.ts';
import { monkeyPassengers } from './passenger-list.ts';
import { scenarioText } from './scenario-text.ts';
import { shrink } from './shrink.ts';

export interface MonkeyOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly directory: string;
  readonly shrinkMinutes: number;
  /** Ends it after the action under way. */
  readonly signal?: AbortSignal;
  /** Tells every action. */
  readonly tellsActions?: boolean;
  /** The rules of README unless given. */
  readonly rules?: Rules;
}

/** What the monkey tells as it goes. */
export type MonkeyEvent = { readonly event: string } & Readonly<Record<string, unknown>>;

/** Then another bus, another line, another phase. */
const actionsPerChapter = 300;
/** Far apart, so that neighbouring seeds share no chapter. */
const seedStep = 0x9e3779b9;

/** @returns what was found, and the path of the scenario that shows it; undefined when the time went by in peace */
export async function runMonkey(
  options: MonkeyOptions,
  tell: (event: MonkeyEvent) => void,
): Promise<{ disagreement: Disagreement; steps: number; scenario: string } | undefined> {
  const { seed, directory, rules = usualRules } = options;
  const deadline = Date.now() + options.minutes * 60_000;
  const isInTime = () => Date.now() < deadline && options.signal?.aborted !== true;
  const memory = createMemoryWatch();
  mkdirSync(directory, { recursive: true });
  const onAction = (commands: Action, tookMs: number) => {
    if (options.tellsActions) tell({ event: 'action', commands: commands.join(' + '), tookMs });
  };
  const run = (start: WorldStart, actions: Iterable<Action>) => {
    const home = join(directory, 'bus');
    rmSync(home, { recursive: true, force: true });
    return runChapter({ directory: home, start, rules, memory, onAction }, actions);
  };

  for (let chapter = 0; isInTime(); chapter++) {
    const random = createRandom(seed + chapter * seedStep);
    const start = startOf(random);
    const next = createActions(random, start.passengers);
    const from = Date.now();
    const end = await run(start, limited(next, isInTime));
    tell({
      event: 'chapter',
      chapter,
      ...summaryOf(start, end),
      seconds: Math.round((Date.now() - from) / 1000),
    });
    if (end.disagreement === undefined) continue;
    const { disagreement } = end;
    const { expected, got, kind, command } = disagreement;
    tell({ event: 'disagreement', seed, chapter, step: end.actions.length, kind, command, expected, got });
    const shrinkUntil = Date.now() + options.shrinkMinutes * 60_000;
    const mayShrink = () => Date.now() < shrinkUntil && options.signal?.aborted !== true;
    const shrunk = await shrinkIt(run, start, end, disagreement, mayShrink);
    const scenario = join(directory, `monkey-${seed}-${chapter}.yaml`);
    writeFileSync(
      scenario,
      scenarioText(
        `Found by the monkey, seed ${seed}, chapter ${chapter}`,
        start,
        shrunk.actions,
        shrunk.disagreement,
      ),
    );
    tell({ event: 'scenario', file: scenario, steps: shrunk.actions.length, reproduced: shrunk.reproduced });
    return { disagreement: shrunk.disagreement, steps: shrunk.actions.length, scenario };
  }
  tell({ event: 'peace', seed, memory: memory.report() });
  return undefined;
}

function startOf(random: Random): WorldStart {
  return {
    phase: random.pick(['enforced', 'enforced', 'enforced', 'trial', 'trial', 'registration', 'before']),
    line: random.pick(['2', '2', '2', '2', '300']),
    passengers: monkeyPassengers(random),
  };
}

function* limited(next: () => Action, mayGoOn: () => boolean): Generator<Action> {
  for (let i = 0; i < actionsPerChapter && mayGoOn(); i++) yield next();
}

function summaryOf({ phase, line }: WorldStart, { actions, taps }: ChapterEnd) {
  return { phase, line, actions: actions.length, taps };
}

/** Each try is a fresh bus. */
async function shrinkIt(
  run: (start: WorldStart, actions: Iterable<Action>) => Promise<ChapterEnd>,
  start: WorldStart,
  { actions }: ChapterEnd,
  found: Disagreement,
  isInTime: () => boolean,
): Promise<{ actions: readonly Action[]; disagreement: Disagreement; reproduced: boolean }> {
  let latest = { actions, disagreement: found, reproduced: false };
  const fails = async (tried: readonly Action[]) => {
    const { disagreement } = await run(start, tried);
    if (disagreement?.kind !== found.kind) return false;
    latest = { actions: tried, disagreement, reproduced: true };
    return true;
  };
  const fewest = await shrink(actions, fails, isInTime);
  // One command after the other tells more than two at a time.
  const inTurn = fewest.flatMap(action => action.map(command => [command]));
  if (inTurn.length > fewest.length && isInTime()) await fails(inTurn);
  return latest;
}
