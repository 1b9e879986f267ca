/** Runs the simulated bus as a program, with commands on stdin, and reads what it says as data. */
import type { TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { runSimProcess } from '../run-sim.ts';

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
  const { code, output, errors } = await runSimProcess(
    ['run', '--json', '--patient', '--dir', directory, ...words],
    {
      context,
      input,
    },
  );
  const lines = output.split('\n').filter(line => line !== '');
  return { code, errors, events: lines.map((line): Line => JSON.parse(line)) };
}

/**
 * Runs it once for several tests, with the commands of each in turn: starting a bus takes longer than most of them.
 * @returns what was said up to the last answer of each
 */
export async function runBusInParts<Part extends string>(
  context: TestContext,
  parts: Readonly<Record<Part, readonly string[]>>,
) {
  const { code, events } = await runBus(context, Object.values<readonly string[]>(parts).flat());
  const said = {} as Record<Part, readonly Line[]>;
  let from = 0;
  let lastId = 0;
  for (const part of Object.keys(parts) as Part[]) {
    lastId += parts[part].length;
    const to = 1 + events.findIndex(({ id }) => id === lastId);
    said[part] = events.slice(from, to);
    from = to;
  }
  return { code, events, said };
}

/** What came of each tap. */
export const verdicts = (events: readonly Line[]) =>
  events
    .filter(({ answer }) => answer === 'tap' || answer === 'card-lost')
    .map(({ answer, passenger, verdict, reason, status }) => {
      const why = reason ?? status;
      return `${passenger}: ${verdict ?? answer}${why === undefined ? '' : ` ${why}`}`;
    });
