/** Runs the testers' program, `node build/sim/main.js …`, as a process of its own to its end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TestContext } from '../harness.ts';

export const simProgram = fileURLToPath(new URL('../../sim/main.js', import.meta.url));

export interface Outcome {
  /** Null where it was killed. */
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

interface Surroundings {
  /** The test, with which it ends. */
  readonly context?: TestContext;
  /** Paths may be relative to it. */
  readonly cwd?: string;
  /** All that comes on stdin. */
  readonly input?: string;
}

export async function runSim(
  words: readonly string[],
  { context, cwd, input = '' }: Surroundings = {},
): Promise<Outcome> {
  const child = spawn(process.execPath, [simProgram, ...words], { cwd });
  context?.after(() => void child.kill('SIGKILL'));
  const told = { output: '', errors: '' };
  child.stdout.setEncoding('utf8').on('data', chunk => {
    told.output += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', chunk => {
    told.errors += chunk;
  });
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  return { code, ...told };
}
