/**
 * uvu, wrapped against its traps.
 *
 * uvu exits 0 when a `before` or `after.each` hook throws, or when a file forgets `.run()`. So there are no
 * hooks here: a test registers its own clean-up with `after`, which runs last-in-first-out and fails the test
 * when it throws; every suite is run; a test that hangs fails.
 */
import { readFileSync } from 'node:fs';
import { suite as uvuSuite } from 'uvu';
import { named, type Requirement, tellLeftOut } from './left-out.ts';

export interface TestContext {
  /** Registers a clean-up for the end of this test. */
  after(cleanup: () => unknown): void;
}

export interface TestFunction {
  (name: string, body: (context: TestContext) => unknown, timeoutMs?: number): void;
  /** A test that is left out where it cannot run, which run.ts tells at its end; in CI it then fails. */
  needing(
    needed: Requirement,
    name: string,
    body: (context: TestContext) => unknown,
    timeoutMs?: number,
  ): void;
  /**
   * What the tests of a suite share because it is dear: made when the first test asks for it, its clean-ups run
   * after the last test of the suite.
   */
  shared<T>(make: (context: TestContext) => T): () => T;
}

/** These limits end what hangs. They are so long that a busy machine does not reach them. */
const defaultTimeoutMs = 300_000;
/** Linux tells processor time in ticks of this length on every machine that Node runs on. */
const ticksPerSecond = 100;
/** TEST_UNTIL_MS sets another: a short one for who writes a driver and sees its tests fail. */
const untilTimeoutMs = Number(process.env.TEST_UNTIL_MS ?? 120_000);

/** TEST_ONLY=needing: only tests that need something, for whoever has just run the others. */
export const isOnlyNeeding: boolean = process.env.TEST_ONLY === 'needing';

/** Defines and runs one suite; `define` must register at least one test. */
export function suite(name: string, define: (test: TestFunction) => void): void {
  process.off('exit', tellProcessorTime).on('exit', tellProcessorTime);
  const uvu = uvuSuite(name);
  let count = 0;
  let left = 0;
  const sharedCleanups: (() => unknown)[] = [];
  const register = (
    testName: string,
    body: (context: TestContext) => unknown,
    timeoutMs = defaultTimeoutMs,
  ) => {
    count++;
    left++;
    uvu(testName, () => runWithCleanup(body, timeoutMs, --left === 0 ? sharedCleanups : []));
  };
  const test: TestFunction = (...about) => {
    if (isOnlyNeeding) count++;
    else register(...about);
  };
  test.shared = make => {
    let made: { readonly value: ReturnType<typeof make> } | undefined;
    return () => {
      made ??= { value: make({ after: cleanup => sharedCleanups.push(cleanup) }) };
      return made.value;
    };
  };
  test.needing = (needed, testName, body, timeoutMs) => {
    const requirement = named(needed);
    if (requirement.met()) return register(testName, body, timeoutMs);
    if (process.env.CI) {
      return register(testName, () => {
        throw new Error(`in CI nothing may be skipped: ${requirement.what} is missing`);
      });
    }
    count++;
    tellLeftOut(requirement);
  };
  define(test);
  if (count === 0) throw new Error(`suite "${name}" registers no test`);
  uvu.run();
}

/** What this process and those it has waited for took, for run.ts: Node tells only of the process itself. */
function tellProcessorTime(): void {
  const [, fields = ''] = readFileSync('/proc/self/stat', 'utf8').split(') ');
  const ticks = fields.split(' ').slice(11, 15).map(Number);
  const seconds = ticks.reduce((sum, part) => sum + part, 0) / ticksPerSecond;
  process.stdout.write(`  Processor: ${seconds.toFixed(1)} s\n`);
}

/**
 * Clean-ups run last-in-first-out, also when the body failed or did not end in time.
 * @param sharedCleanups run after those of the test
 */
async function runWithCleanup(
  body: (context: TestContext) => unknown,
  timeoutMs: number,
  sharedCleanups: readonly (() => unknown)[],
): Promise<void> {
  const cleanups: (() => unknown)[] = [];
  const errors: unknown[] = [];
  try {
    await withTimeout(async () => body({ after: cleanup => cleanups.push(cleanup) }), timeoutMs);
  } catch (error) {
    errors.push(error);
  }
  for (const cleanup of [...sharedCleanups, ...cleanups].reverse()) {
    try {
      await withTimeout(async () => cleanup(), timeoutMs);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

async function withTimeout(run: () => Promise<unknown>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the test did not end within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([run(), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs `body`; what it throws begins with `where`, and keeps what an assertion compared. */
export async function telling<T>(where: string | (() => string), body: () => T | Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    const place = typeof where === 'string' ? where : where();
    if (error instanceof Error) error.message = `${place}: ${error.message}`;
    throw error;
  }
}

/** Clean-ups that run before the end of the test, last-in-first-out: for what is counted after them. */
export function cleanups(): TestContext & { cleanUp(): Promise<void> } {
  const registered: (() => unknown)[] = [];
  return {
    after: cleanup => void registered.push(cleanup),
    async cleanUp() {
      for (const cleanup of registered.reverse()) await cleanup();
    },
  };
}

/** Between two looks at a condition; one that is dear, such as a question to a process, is looked at less often. */
const pauseMs = { shortest: 5, longest: 250 };
const pausePerLook = 4;

/** Waits until `condition` gives a value that is not undefined or false, and returns it. */
export async function until<T>(
  what: string,
  condition: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs = untilTimeoutMs,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  while (true) {
    const startedAt = performance.now();
    const value = await condition();
    if (value !== undefined && value !== false) return value;
    const now = performance.now();
    if (now > deadline) throw new Error(`waited ${timeoutMs} ms for: ${what}`);
    const restMs = pausePerLook * (now - startedAt);
    const sleepMs = Math.min(pauseMs.longest, Math.max(pauseMs.shortest, restMs));
    await new Promise(resolve => setTimeout(resolve, sleepMs));
  }
}
