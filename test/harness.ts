/**
 * uvu, wrapped against its traps.
 *
 * uvu exits 0 when a `before` or `after.each` hook throws, or when a file forgets `.run()`. So there are no
 * hooks here: a test registers its own clean-up with `after`, which runs last-in-first-out and fails the test
 * when it throws; every suite is run; a test that hangs fails.
 */
import { execFileSync } from 'node:child_process';
import { suite as uvuSuite } from 'uvu';

export interface TestContext {
  /** Registers a clean-up for the end of this test. */
  after(cleanup: () => unknown): void;
}

export interface TestFunction {
  (name: string, body: (context: TestContext) => unknown, timeoutMs?: number): void;
  /** A test that says loudly that it is skipped where it cannot run; in CI it then fails. */
  needing(
    needed: Requirement,
    name: string,
    body: (context: TestContext) => unknown,
    timeoutMs?: number,
  ): void;
}

/** A program from a Debian package, or something else that may be missing. */
export type Requirement = string | { readonly what: string; readonly met: () => boolean };

const defaultTimeoutMs = 60_000;

/** Defines and runs one suite; `define` must register at least one test. */
export function suite(name: string, define: (test: TestFunction) => void): void {
  const uvu = uvuSuite(name);
  let count = 0;
  const test: TestFunction = (testName, body, timeoutMs = defaultTimeoutMs) => {
    count++;
    uvu(testName, () => runWithCleanup(body, timeoutMs));
  };
  test.needing = (needed, testName, body, timeoutMs) => {
    const { what, met } =
      typeof needed === 'string'
        ? { what: `${needed} (Debian package)`, met: () => isInstalled(needed) }
        : needed;
    if (met()) return test(testName, body, timeoutMs);
    if (process.env.CI) {
      return test(testName, () => {
        throw new Error(`in CI nothing may be skipped: ${what} is missing`);
      });
    }
    count++;
    process.stdout.write(`\n!!! SKIPPED: "${name}: ${testName}" needs ${what}\n`);
  };
  define(test);
  if (count === 0) throw new Error(`suite "${name}" registers no test`);
  uvu.run();
}

export function isInstalled(program: string): boolean {
  try {
    execFileSync('sh', ['-c', 'command -v "$1"', 'sh', program], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Clean-ups run last-in-first-out, also when the body failed or did not end in time. */
async function runWithCleanup(body: (context: TestContext) => unknown, timeoutMs: number): Promise<void> {
  const cleanups: (() => unknown)[] = [];
  const errors: unknown[] = [];
  try {
    await withTimeout(async () => body({ after: cleanup => cleanups.push(cleanup) }), timeoutMs);
  } catch (error) {
    errors.push(error);
  }
  for (const cleanup of cleanups.reverse()) {
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
export async function telling<T>(where: string, body: () => T | Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof Error) error.message = `${where}: ${error.message}`;
    throw error;
  }
}

/** Waits until `condition` gives a value that is not undefined or false, and returns it. */
export async function until<T>(
  what: string,
  condition: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs = 10_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  while (true) {
    const value = await condition();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms for: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}
