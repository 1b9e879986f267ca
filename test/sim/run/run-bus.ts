/** Runs the simulated bus as a program, with commands on stdin, and reads what it says as data. */
import type { TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { runSim } from '../run-sim.ts';

/** A line of the log has an event, an answer to a command has not. */
export interface Line {
  readonly event?: string;
  readonly answer?: string;
  readonly [field: string]: unknown;
}

/** Runs the bus with these commands on stdin to its end. */
export async function runBus(context: TestContext, commands: readonly string[], ...words: string[]) {
  const directory = temporaryDirectory(context);
  const input = commands.map(command => `${command}\n`).join('');
  const { code, output, errors } = await runSim(
    ['run', '--json', '--patient', '--dir', directory, ...words],
    {
      context,
      input,
    },
  );
  const lines = output.split('\n').filter(line => line !== '');
  return { code, errors, events: lines.map((line): Line => JSON.parse(line)) };
}

/** What came of each tap. */
export const verdicts = (events: readonly Line[]) =>
  events
    .filter(({ answer }) => answer === 'tap' || answer === 'card-lost')
    .map(({ answer, passenger, verdict, reason, status }) => {
      const why = reason ?? status;
      return `${passenger}: ${verdict ?? answer}${why === undefined ? '' : ` ${why}`}`;
    });
