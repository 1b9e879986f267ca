/** Prints the outcome of a feed command as one JSON object on stdout; exit 1 if it was refused. */
import { messageOf } from '../../device/kit/errors.ts';
import { printable, say, sayError } from '../../device/kit/printable.ts';
import { FeedError } from '../feed/feed-error.ts';
import { isFeed } from '../publisher/feed-places.ts';

const refused = 1;

/** An outcome with an `error` is a refusal. */
export type Outcome = Readonly<Record<string, unknown>>;

export function printOutcome(outcome: Outcome): void {
  say(JSON.stringify(outcome));
  if ('error' in outcome) process.exitCode = refused;
}

/** Runs a command on a feed that is its owner's alone; another is refused, before anything in it is read. */
export async function printOutcomeOn(dir: string, run: () => Outcome | Promise<Outcome>): Promise<void> {
  // The command says it in its own order.
  if (!isFeed(dir)) return printOutcome(await run());
  const { checkOwnFeed, secretsOthersMayRead } = await import('../publisher/own-feed.ts');
  try {
    checkOwnFeed(dir);
  } catch (error) {
    if (!(error instanceof FeedError)) throw error;
    printOutcome({ error: messageOf(error) });
    return;
  }
  for (const path of secretsOthersMayRead(dir)) sayError(printable(`others may read ${path}: chmod go-rwx`));
  printOutcome(await run());
}
