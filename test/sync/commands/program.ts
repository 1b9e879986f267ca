/** Runs `sim feed …`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from '../../harness.ts';
import { runSim, simProgram } from '../../sim/run-sim.ts';

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What stdout says, where it is one line of JSON. */
  readonly json: Record<string, unknown> | undefined;
}

/** @param cwd the working directory: paths may be relative to it */
export async function runFeed(cwd: string, ...words: string[]): Promise<Outcome> {
  const { code: status, output: stdout, errors: stderr } = await runSim(['feed', ...words], cwd);
  const isLine = /^\{.*\}\n$/.test(stdout);
  return { status, stdout, stderr, json: isLine ? JSON.parse(stdout) : undefined };
}

/** Serves a feed until the test's end. @returns its address, and how to end it as an operator does */
export async function startServing({ after }: TestContext, cwd: string, dir: string) {
  const child = spawn(process.execPath, [simProgram, 'feed', 'serve', dir], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  after(() => void child.kill('SIGKILL'));
  const [line] = await once(child.stdout, 'data');
  const { url } = JSON.parse(String(line));
  return {
    url: String(url),
    async stop(): Promise<unknown> {
      child.kill('SIGTERM');
      const [status] = await once(child, 'exit');
      return status;
    },
  };
}
