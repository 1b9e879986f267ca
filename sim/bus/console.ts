/** Types one command on a validator's console and reads the answer. */
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { type ConsoleClient, connectConsole } from '../wires/console-client.ts';

const answerLimitMs = 20_000;
const pollMs = 10;

/** The shell command that opens a validator's console in a terminal; Ctrl-] leaves it. */
export function consoleCommand({ consolePort }: { readonly consolePort: number }): string {
  return `socat -,raw,echo=0,escape=0x1d tcp:127.0.0.1:${consolePort}`;
}

/**
 * @param meanwhile runs once the command has begun to answer, for commands that wait for something
 * @returns what the console printed, without echo and prompt
 */
export async function typeOnConsole(
  port: number,
  text: string,
  meanwhile?: () => Promise<unknown>,
): Promise<string> {
  const client = await connectConsole({ host: '127.0.0.1', port });
  try {
    await printed(client, output => output.endsWith('> '));
    const before = plain(client.output).length;
    client.type(`${text}\r`);
    if (meanwhile !== undefined) {
      await printed(client, output => output.slice(before).includes('\n'));
      await meanwhile();
    }
    await printed(client, output => output.slice(before).includes('\n') && output.endsWith('> '));
    return plain(client.output).slice(before).split('\n').slice(1, -1).join('\n');
  } finally {
    await client.close();
  }
}

/** Waits until the output meets the condition, at most for `answerLimitMs`. */
async function printed(client: ConsoleClient, condition: (output: string) => boolean): Promise<void> {
  const deadline = performance.now() + answerLimitMs;
  while (!condition(plain(client.output)) && performance.now() < deadline) await sleep(pollMs);
}

function plain(output: string): string {
  return stripVTControlCharacters(output).replaceAll('\r', '');
}
