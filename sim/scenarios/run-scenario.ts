/** Runs one scenario on a bus of its own, with real firmware processes, in a directory of its own. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../device/errors.ts';
import type { Place } from '../../device/settings/parsed-yaml.ts';
import { audiences, type Bus, postNames, startBus } from '../bus/bus.ts';
import { runCommand } from '../bus/commands.ts';
import { ready } from '../bus/run.ts';
import type { PostName } from '../bus/validator-post.ts';
import { type Panel, servePanel } from '../panel/server.ts';
import { missingForPcscd } from '../wires/pcscd.ts';
import { WrongUsage } from '../wrong-usage.ts';
import { passengersOf } from './read-scenario.ts';
import { lookEveryMs, type RunningBus, runStep } from './run-step.ts';
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
  /** What is missing on this machine; then it did not run. */
  readonly skipped?: string;
}

export interface ScenarioSettings {
  /** Where the bus's files are kept; removed unless given. */
  readonly keep?: string;
  /** Waited before each step. */
  readonly slowMs: number;
  /** Where the panel is served to look on; there is none unless given. */
  readonly panelPort?: number;
  readonly signal: AbortSignal;
}

/** On a loaded machine too. */
const readyLimitMs = 60_000;
const start: Place = { line: 1, column: 1 };
const notReady: Failure = {
  place: start,
  what: 'the start',
  got: `the validators were not ready within ${readyLimitMs / 1000} s`,
};

export async function runScenario(scenario: Scenario, settings: ScenarioSettings): Promise<ScenarioResult> {
  const { keep } = settings;
  const missing = scenario.given.wires === 'pcsc' ? missingForPcscd() : undefined;
  // In CI nothing may be skipped: there it fails.
  if (missing !== undefined && !process.env.CI) {
    return { scenario, seconds: 0, failures: [], skipped: `needs ${missing}` };
  }
  const startedAt = performance.now();
  if (keep !== undefined) mkdirSync(keep, { recursive: true });
  const name = basename(scenario.file).replace(/\.ya?ml$/, '');
  const directory = mkdtempSync(join(keep ?? tmpdir(), `${name}-`));
  try {
    const failures = await runOnBus(scenario, directory, settings).catch(failureToStart);
    return { scenario, failures, seconds: (performance.now() - startedAt) / 1000 };
  } finally {
    if (keep === undefined) rmSync(directory, { recursive: true, force: true });
  }
}

async function runOnBus(
  scenario: Scenario,
  directory: string,
  { slowMs, signal, panelPort }: ScenarioSettings,
): Promise<Failure[]> {
  const { file, given, steps } = scenario;
  const line = given.line ?? '2';
  const time = given.time === undefined ? undefined : Date.parse(given.time);
  const bus = await startBus({
    directory,
    line,
    phase: time ?? given.phase ?? 'enforced',
    passengers: passengersOf(given, file),
    rules: given.policy ?? {},
    displays: given.displays ?? 'terminal',
    wires: given.wires ?? 'vpcd',
  });
  let panel: Panel | undefined;
  const run = (command: string) => panel?.run(command) ?? runCommand(bus, command);
  const running: RunningBus = { bus, run: async command => run(command), log: [] };
  bus.onLog((post, line) => void running.log.push({ post, line }));
  try {
    if (panelPort !== undefined) panel = await servePanel(bus, { port: panelPort, directory, line });
    if (!(await ready(bus, readyLimitMs)) || !(await haveDrawn(bus))) return [notReady];
    // Starting took its time, and the first step is what the given time is of.
    if (time !== undefined) await bus.office.setPhase(time);
    for (const step of steps) {
      await pause(slowMs, signal);
      const failures = await failuresOf(step, running, signal);
      if (failures.length > 0) return failures;
    }
    return [];
  } finally {
    await panel?.close();
    await bus.close();
  }
}

/** All screens show something: a wire that comes late would miss the first notice. */
async function haveDrawn(bus: Bus): Promise<boolean> {
  const deadline = performance.now() + readyLimitMs;
  const isBlank = (post: PostName) =>
    audiences.some(audience => bus.screen(post, audience).lines.length === 0);
  while (postNames.some(isBlank)) {
    if (performance.now() > deadline) return false;
    await sleep(lookEveryMs);
  }
  return true;
}

/** @throws what is no fault of the scenario's */
function failureToStart(error: unknown): Failure[] {
  if (!(error instanceof WrongUsage)) throw error;
  return [{ place: start, what: 'the start', got: messageOf(error) }];
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
