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
  const bus = await startBus({
    directory,
    line: given.line ?? '2',
    phase: given.time === undefined ? (given.phase ?? 'enforced') : Date.parse(given.time),
    passengers: passengersOf(given, file),
    rules: given.policy ?? {},
    displays: given.displays ?? 'terminal',
  });
  const running: RunningBus = { bus, directory, log: [] };
  bus.onLog((post, line) => void running.log.push({ post, line }));
  try {
    await ready(bus);
    for (const step of steps) {
      if (slowMs > 0) await sleep(slowMs, undefined, { signal }).catch(() => undefined);
      const failures = signal.aborted ? [stopped(step)] : await failuresOf(step, running, signal);
      if (failures.length > 0) return failures;
    }
    return [];
  } finally {
    await bus.close();
  }
}

async function failuresOf(step: Step, running: RunningBus, signal: AbortSignal): Promise<Failure[]> {
  const abort = new Promise<Failure[]>(resolve => {
    signal.addEventListener('abort', () => resolve([stopped(step)]), { once: true });
  });
  return Promise.race([abort, lookAt(step, running, signal)]);
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

function stopped(step: Step): Failure {
  return { place: step.place, what: step.command ?? 'now', got: 'stopped before it was done' };
}
