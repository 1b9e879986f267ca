/** Runs one scenario on a bus of its own, with real firmware processes, in a directory of its own. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../device/errors.ts';
import { startBus } from '../bus/bus.ts';
import { ready } from '../bus/run.ts';
import { WrongUsage } from '../wrong-usage.ts';
import type { Place } from './located-yaml.ts';
import { passengersOf } from './read-scenario.ts';
import { type RunningBus, runStep } from './run-step.ts';
import type { Scenario, Step } from './scenario.ts';

export interface Failure {
  readonly place: Place;
  /** The command, and what of it is not as expected. */
  readonly what: string;
  readonly expected?: string;
  readonly got: string;
}

export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly seconds: number;
  /** Of one step: what comes after a failed one would say little. */
  readonly failures: readonly Failure[];
}

export interface ScenarioSettings {
  /** Where the bus's files are kept; removed unless given. */
  readonly keep?: string;
  /** Waited before each step. */
  readonly slowMs: number;
  readonly signal: AbortSignal;
}

/** On a loaded machine too. */
const readyLimitMs = 60_000;
const notReady: Failure = {
  place: { line: 1, column: 1 },
  what: 'the start',
  got: `the validators were not ready within ${readyLimitMs / 1000} s`,
};

export async function runScenario(scenario: Scenario, settings: ScenarioSettings): Promise<ScenarioResult> {
  const { keep } = settings;
  const startedAt = performance.now();
  if (keep !== undefined) mkdirSync(keep, { recursive: true });
  const name = basename(scenario.file).replace(/\.ya?ml$/, '');
  const directory = mkdtempSync(join(keep ?? tmpdir(), `${name}-`));
  try {
    const failures = await runOnBus(scenario, directory, settings);
    return { scenario, failures, seconds: (performance.now() - startedAt) / 1000 };
  } finally {
    if (keep === undefined) rmSync(directory, { recursive: true, force: true });
  }
}

async function runOnBus(
  scenario: Scenario,
  directory: string,
  { slowMs, signal }: ScenarioSettings,
): Promise<Failure[]> {
  const { file, given, steps } = scenario;
  const time = given.time === undefined ? undefined : Date.parse(given.time);
  const bus = await startBus({
    directory,
    line: given.line ?? '2',
    phase: time ?? given.phase ?? 'enforced',
    passengers: passengersOf(given, file),
    rules: given.policy ?? {},
    displays: given.displays ?? 'terminal',
    wires: given.wires ?? 'vpcd',
  });
  const running: RunningBus = { bus, directory, log: [] };
  bus.onLog((post, line) => void running.log.push({ post, line }));
  try {
    if (!(await ready(bus, readyLimitMs))) return [notReady];
    // Starting took its time, and the first step is what the given time is of.
    if (time !== undefined) await bus.office.setPhase(time);
    for (const step of steps) {
      await pause(slowMs, signal);
      const failures = await failuresOf(step, running, signal);
      if (failures.length > 0) return failures;
    }
    return [];
  } finally {
    await bus.close();
  }
}

/** Ends early at the signal. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => undefined);
}

async function failuresOf(step: Step, running: RunningBus, signal: AbortSignal): Promise<Failure[]> {
  const stopped = [{ place: step.place, what: step.command ?? 'now', got: 'stopped before it was done' }];
  if (signal.aborted) return stopped;
  let onAbort = () => {};
  const aborted = new Promise<Failure[]>(resolve => {
    onAbort = () => resolve(stopped);
  });
  signal.addEventListener('abort', onAbort);
  try {
    return await Promise.race([aborted, lookAt(step, running, signal)]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

async function lookAt(step: Step, running: RunningBus, signal: AbortSignal): Promise<Failure[]> {
  try {
    const found = await runStep(step, running, signal);
    const failures = found.map(({ key, expected, got }) => ({
      place: step.placeOf(key),
      what: `${step.command ?? 'now'}: ${key}`,
      expected,
      got,
    }));
    return [...failures, ...crashes(step, running)];
  } catch (error) {
    if (!(error instanceof WrongUsage)) throw error;
    return [{ place: step.place, what: step.command ?? 'now', got: messageOf(error) }];
  }
}

/** The firmware ends by itself only where something went wrong that nobody thought of. */
function crashes(step: Step, { log }: RunningBus): Failure[] {
  return log
    .filter(({ line }) => line.event === 'exit' && typeof line.code === 'number' && line.code !== 0)
    .map(({ post, line }) => ({
      place: step.place,
      what: `${step.command ?? 'now'}: the firmware of ${post} ended by itself`,
      got: `exit ${String(line.code)}`,
    }));
}
