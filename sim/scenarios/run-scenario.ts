/** Runs one scenario on a bus of its own, with real firmware processes, in a directory of its own. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { audiences } from '../../device/core/screen.ts';
import { messageOf, WrongUsage } from '../../device/kit/errors.ts';
import type { Place } from '../../device/kit/located-yaml.ts';
import { unlessAborted } from '../../device/kit/time.ts';
import { type Bus, becomeReady, startBus } from '../bus/bus.ts';
import { runCommand } from '../bus/commands/commands.ts';
import type { PostName } from '../bus/validator-post.ts';
import { postNames } from '../bus/validator-post.ts';
import { type Panel, servePanel } from '../panel/server.ts';
import { missingForPcscd } from '../wires/pcscd.ts';
import type { Scenario, Step } from './format/read-scenario.ts';
import { pollMs, type RunningBus, runStep } from './run-step.ts';

export interface Failure {
  readonly place: Place;
  /** The command, and which expectation is not met. */
  readonly what: string;
  readonly expected?: string;
  readonly got: string;
}

export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly seconds: number;
  /** All of one step: the scenario stops at the first step that fails. */
  readonly failures: readonly Failure[];
  /** What this machine lacks, if the scenario did not run for that. */
  readonly skipped?: string;
}

export interface ScenarioSettings {
  /** Directory that keeps the bus's files; without it they are removed. */
  readonly keep?: string;
  /** Pause before each step. */
  readonly slowMs: number;
  /** Port of a panel to look on; without it there is no panel. */
  readonly panelPort?: number;
  readonly signal: AbortSignal;
}

/** Enough for a loaded machine. */
const readyLimitMs = 180_000;
const quietMs = 300;
const quietLimitMs = 10_000;
const start: Place = { line: 1, column: 1 };
const notReady: Failure = {
  place: start,
  what: 'the start',
  got: `the validators were not ready within ${readyLimitMs / 1000} s`,
};

export async function runScenario(scenario: Scenario, settings: ScenarioSettings): Promise<ScenarioResult> {
  const { keep } = settings;
  const missing = scenario.given.wires === 'pcsc' ? missingForPcscd() : undefined;
  // In CI nothing may be skipped: the scenario fails instead.
  if (missing !== undefined && !process.env.CI) {
    return { scenario, seconds: 0, failures: [], skipped: `needs ${missing}` };
  }
  const startedAt = performance.now();
  if (keep !== undefined) mkdirSync(keep, { recursive: true });
  const name = basename(scenario.file).replace(/\.ya?ml$/, '');
  // Whole, because the paths in a validator’s settings are from its own folder.
  const directory = mkdtempSync(resolve(keep ?? tmpdir(), `${name}-`));
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
  const { given, steps } = scenario;
  const line = given.line ?? '2';
  const time = given.time === undefined ? undefined : Date.parse(given.time);
  const at = given.at === undefined ? undefined : Date.parse(given.at);
  const bus = await startBus({
    directory,
    line,
    at,
    speed: given.speed,
    phase: time ?? given.phase ?? (at === undefined ? 'enforced' : 'by-the-clock'),
    passengers: scenario.passengers,
    gtfs: given.gtfs,
    rules: given.policy ?? {},
    displays: given.displays ?? 'terminal',
    wires: given.wires ?? 'vpcd',
  });
  let panel: Panel | undefined;
  const run = (command: string) => panel?.run(command) ?? runCommand(bus, command);
  const running: RunningBus = { bus, run: async command => run(command), log: [], heard: [] };
  bus.onSpoken((post, audience, { text }) => void running.heard.push({ post, audience, text }));
  bus.onLog((post, line) => void running.log.push({ post, line }));
  try {
    if (panelPort !== undefined) panel = await servePanel(bus, { port: panelPort, directory, line });
    if (!(await becomeReady(bus, readyLimitMs)) || !(await haveDrawn(bus))) return [notReady];
    await quiet(running);
    // The given times are the first step's, and starting has taken a while.
    await bus.begin();
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

/** Waits until all screens show something: a display that connects late would miss the first notice. */
async function haveDrawn(bus: Bus): Promise<boolean> {
  const deadline = performance.now() + readyLimitMs;
  const isBlank = (post: PostName) =>
    audiences.some(audience => bus.screen(post, audience).lines.length === 0);
  while (postNames.some(isBlank)) {
    if (performance.now() > deadline) return false;
    await sleep(pollMs);
  }
  return true;
}

/** Waits for what the start still says: it belongs to no step. */
async function quiet({ log }: RunningBus): Promise<void> {
  const deadline = performance.now() + quietLimitMs;
  let said: number;
  do {
    said = log.length;
    await sleep(quietMs);
  } while (log.length > said && performance.now() < deadline);
}

/** @throws the error if it is not the scenario's fault */
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
  try {
    return await unlessAborted(runAndCompare(step, running, signal), signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    return stopped;
  }
}

async function runAndCompare(step: Step, running: RunningBus, signal: AbortSignal): Promise<Failure[]> {
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

/** The firmware ends by itself only after an unexpected error. */
function crashes(step: Step, { log }: RunningBus): Failure[] {
  return log
    .filter(({ line }) => line.event === 'exit' && typeof line.code === 'number' && line.code !== 0)
    .map(({ post, line }) => ({
      place: step.place,
      what: `${step.command ?? 'now'}: the firmware of ${post} ended by itself`,
      got: `exit ${String(line.code)}`,
    }));
}
