/**
 * A part of the bench: a program of its own, started by run-bench.ts, so that nothing that happens in it (a crash, a
 * lost promise, a timer left behind) reaches another part. It sends its figures as they are measured.
 */
import { messageOf } from '../../device/kit/errors.ts';
import { type Failure, type Figure, say } from './report.ts';

export type PartMessage =
  | { readonly kind: 'figures'; readonly figures: readonly Figure[] }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'ended' };

export interface Part {
  /** The part's own, removed afterwards. */
  readonly directory: string;
  /** Never rejects: a measurement that goes wrong costs its own figures only. @returns whether it went well */
  measure(name: string, work: () => Promise<readonly Figure[]>): Promise<boolean>;
}

/** Thrown by a measurement that this machine cannot make. */
export class NotMeasured extends Error {}

/** @param work what goes wrong in it outside a measurement costs the rest of the part */
export async function runPart(work: (part: Part) => Promise<void>): Promise<void> {
  const [, , name = '', directory = ''] = process.argv;
  process.on('disconnect', () => process.exit(1));

  async function attempt(measurement: string, task: () => Promise<void>): Promise<boolean> {
    const started = performance.now();
    const tookS = () => Math.round((performance.now() - started) / 1000);
    try {
      await task();
      say(`${measurement}: ${tookS()} s`);
      return true;
    } catch (error) {
      const failure = { measurement, why: whyOf(error), isMissing: error instanceof NotMeasured };
      say(
        `${measurement}: ${failure.isMissing ? 'not measured' : `FAILED after ${tookS()} s`}: ${failure.why}`,
      );
      await send({ kind: 'failed', failure });
      return false;
    }
  }

  await attempt(name, () =>
    work({
      directory,
      measure: (measurement, task) =>
        attempt(`${name}: ${measurement}`, async () => send({ kind: 'figures', figures: await task() })),
    }),
  );
  await send({ kind: 'ended' });
  process.exit(0);
}

/** A count from the environment. @throws when it is none */
export function count(variable: string, usual: number): number {
  const number = Number(process.env[variable] ?? usual);
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`${variable} must be a whole number`);
  return number;
}

function whyOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? `: ${whyOf(error.cause)}` : '';
  return `${messageOf(error)}${cause}`;
}

function send(message: PartMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(message, undefined, undefined, error => (error === null ? resolve() : reject(error)));
  });
}
