/** Runs `sim feed …` as a program of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TestContext } from '../../harness.ts';

const sim = fileURLToPath(new URL('../../../sim/main.js', import.meta.url));

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What stdout says, where it is one line of JSON. */
  readonly json: Record<string, unknown> | undefined;
}

/** @param cwd the working directory: paths may be relative to it */
export async function runFeed(cwd: string, ...words: string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [sim, 'feed', ...words], { cwd });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8');
    child[name].on('data', (text: string) => {
      output[name] += text;
    });
  }
  const [status] = await once(child, 'close');
  const isLine = /^\{.*\}\n$/.test(output.stdout);
  return { status, ...output, json: isLine ? JSON.parse(output.stdout) : undefined };
}

/** Serves a feed until the test's end. @returns its address, and how to end it as an operator does */
export async function startServing({ after }: TestContext, cwd: string, dir: string) {
  const child = spawn(process.execPath, [sim, 'feed', 'serve', dir], {
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
