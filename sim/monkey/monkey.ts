/** The monkey: chapters of random actions on real buses, until the time is over or something disagrees. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRandom, type Random } from '../media/random.ts';
import { scenarioText, stepOf } from '../scenarios/format/write-scenario.ts';
import { type Action, createActions } from './actions.ts';
import { type ChapterEnd, runChapter } from './chapter.ts';
import type { Disagreement } from './disagreement.ts';
import { createMemoryWatch } from './memory-watch.ts';
import { type Rules, usualRules } from './oracle-rules.ts';
import type { WorldStart } from './oracle-world.ts';
import { monkeyPassengers } from './passenger-list.ts';
import { fareLine } from './published-fares.ts';
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
  /** The rules of the verdict table unless given. */
  readonly rules?: Rules;
}

/** What the monkey tells as it goes. */
export type MonkeyEvent = { readonly event: string } & Readonly<Record<string, unknown>>;

/** Then another bus, another line, another phase. */
const actionsPerChapter = 300;
/** Far apart, so that neighbouring seeds share no chapter. */
const seedStep = 0x9e3779b9;

export interface Found {
  readonly disagreement: Disagreement;
  readonly steps: number;
  /** Path of the scenario that shows it. */
  readonly scenario: string;
}

type Run = (start: WorldStart, actions: Iterable<Action>) => Promise<ChapterEnd>;

/** @returns what was found; undefined when the time went by in peace */
export async function runMonkey(
  options: MonkeyOptions,
  tell: (event: MonkeyEvent) => void,
): Promise<Found | undefined> {
  const { seed, directory, rules = usualRules } = options;
  const isInTime = untilOver(options.minutes, options.signal);
  const memory = createMemoryWatch();
  mkdirSync(directory, { recursive: true });
  const onAction = (commands: Action, tookMs: number) => {
    if (options.tellsActions) tell({ event: 'action', commands: commands.join(' + '), tookMs });
  };
  const run: Run = (start, actions) => {
    const home = join(directory, 'bus');
    rmSync(home, { recursive: true, force: true });
    return runChapter({ directory: home, start, rules, memory, onAction }, actions);
  };

  for (let chapter = 0; isInTime(); chapter++) {
    const random = createRandom(seed + chapter * seedStep);
    const start = startOf(random);
    const next = createActions(random, start.passengers, start.line);
    const from = Date.now();
    const end = await run(start, limited(next, isInTime));
    const seconds = Math.round((Date.now() - from) / 1000);
    tell({ event: 'chapter', chapter, ...summaryOf(start, end), seconds });
    if (end.disagreement === undefined) continue;
    return writeFewestSteps({ ...options, chapter, start, run, tell }, end.actions, end.disagreement);
  }
  tell({ event: 'peace', seed, memory: memory.report() });
  return undefined;
}

function untilOver(minutes: number, signal: AbortSignal | undefined): () => boolean {
  const deadline = Date.now() + minutes * 60_000;
  return () => Date.now() < deadline && signal?.aborted !== true;
}

interface Finding extends MonkeyOptions {
  readonly chapter: number;
  readonly start: WorldStart;
  readonly run: Run;
  readonly tell: (event: MonkeyEvent) => void;
}

/** Tells what was found, and writes the scenario with the fewest steps that show it. */
async function writeFewestSteps(
  finding: Finding,
  actions: readonly Action[],
  found: Disagreement,
): Promise<Found> {
  const { seed, chapter, start, directory, tell } = finding;
  const { expected, got, kind, command } = found;
  tell({ event: 'disagreement', seed, chapter, step: actions.length, kind, command, expected, got });
  const shrunk = await shrinkActions(finding, actions, found);
  const scenario = join(directory, `monkey-${seed}-${chapter}.yaml`);
  const title = `Found by the monkey, seed ${seed}, chapter ${chapter}`;
  writeFileSync(scenario, scenarioOf(title, start, shrunk.actions, shrunk.disagreement));
  const steps = shrunk.actions.length;
  tell({ event: 'scenario', file: scenario, steps, reproduced: shrunk.reproduced });
  return { disagreement: shrunk.disagreement, steps, scenario };
}

function startOf(random: Random): WorldStart {
  const line = random.pick(['2', '2', fareLine, fareLine, '300']);
  return {
    phase: random.pick(['enforced', 'enforced', 'enforced', 'trial', 'trial', 'registration', 'before']),
    line,
    ...(line === fareLine && { gtfs: pilotGtfs }),
    passengers: monkeyPassengers(random),
  };
}

function* limited(next: () => Action, mayGoOn: () => boolean): Generator<Action> {
  for (let i = 0; i < actionsPerChapter && mayGoOn(); i++) yield next();
}

/** The made-up feed that comes with the project. */
const pilotGtfs = fileURLToPath(new URL('../../../docs/examples/pilot-gtfs', import.meta.url));

function summaryOf({ phase, line }: WorldStart, { actions, taps }: ChapterEnd) {
  return { phase, line, actions: actions.length, taps };
}

/** Each try is a fresh bus. */
async function shrinkActions(
  { run, start, shrinkMinutes, signal }: Finding,
  actions: readonly Action[],
  found: Disagreement,
): Promise<{ actions: readonly Action[]; disagreement: Disagreement; reproduced: boolean }> {
  const isInTime = untilOver(shrinkMinutes, signal);
  let latest = { actions, disagreement: found, reproduced: false };
  const fails = async (tried: readonly Action[]) => {
    const { disagreement } = await run(start, tried);
    if (disagreement?.kind !== found.kind) return false;
    latest = { actions: tried, disagreement, reproduced: true };
    return true;
  };
  const fewest = await shrink(actions, fails, isInTime);
  // Commands one after the other tell more than two at a time.
  const inTurn = fewest.flatMap(action => action.map(command => [command]));
  if (inTurn.length > fewest.length && isInTime()) await fails(inTurn);
  return latest;
}

/** What the monkey did, as a scenario file that a tester can run again. */
function scenarioOf(
  title: string,
  { line, phase, passengers, gtfs }: WorldStart,
  actions: readonly Action[],
  { kind, expected, got, expect, command }: Disagreement,
): string {
  const commands = actions.flat();
  const last = commands.lastIndexOf(command ?? '');
  const steps = commands.map((text, i) => ({
    ...stepOf(text),
    ...(i === last && expect !== undefined && { expect }),
  }));
  const together = actions.filter(action => action.length > 1).map(action => action.join(' + '));
  const comments = [
    `${kind}: expected ${expected}`,
    `got ${got}`,
    ...together.map(pair => `at the same moment: ${pair}`),
  ];
  const head = comments.flatMap(text => text.split('\n')).map(text => `# ${text}\n`);
  return `${head.join('')}${scenarioText({ name: title, line, phase, passengers, ...(gtfs !== undefined && { gtfs }) }, steps)}`;
}
