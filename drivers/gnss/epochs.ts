/**
 * Sentences → one fix for each epoch: all sentences of one UTC time, in whatever order and from whichever talkers.
 *
 * A fix is what RMC, GGA or GNS vouches for, unless RMC says that there is none. Time counts only with a fix of the same epoch,
 * because a receiver shows the time of its battery clock in ZDA long before it has one. If RMC and ZDA contradict each other, there
 * is no time. A ZDA alone waits for the others (some receivers send it with the second's pulse, ahead of them).
 */
import type { Fix } from '../../device/ports.ts';
import type { Sentence } from './sentence.ts';

export interface Epochs {
  /** @param at performance.now() */
  add(sentence: Sentence, at: number): void;
  /** The wire is silent: what has come is the whole epoch. */
  silent(): void;
}

interface Epoch extends Partial<Record<Sentence['type'], Sentence>> {
  readonly receivedAt: number;
  readonly timeOfDayMs: number | undefined;
}

/** After this long, the same time is another epoch: the receiver's clock stands still, or it has no time. */
const longestEpochMs = 900;
/**
 * An epoch that another follows sooner than this is dropped. No receiver is that quick: the wire was held up, so nobody
 * knows when the epoch came; or the far end floods.
 */
const shortestEpochMs = 40;

export function createEpochs(tell: (fix: Fix) => void): Epochs {
  let open: Epoch | undefined;
  let told: Epoch | undefined;

  function finish(epoch: Epoch): void {
    open = undefined;
    told = epoch;
    tell(fixOf(epoch));
  }

  return {
    add(sentence, at) {
      if (told?.timeOfDayMs === sentence.timeOfDayMs && isRecent(told, at)) return;
      if (open !== undefined && !isOf(open, sentence, at)) {
        if (isComplete(open) && at - open.receivedAt >= shortestEpochMs) finish(open);
        open = undefined;
      }
      open = joined(open ?? { receivedAt: at, timeOfDayMs: undefined }, sentence);
    },
    silent() {
      if (open !== undefined && isComplete(open)) finish(open);
    },
  };
}

function isRecent(epoch: Epoch | undefined, at: number): boolean {
  return epoch !== undefined && at - epoch.receivedAt < longestEpochMs;
}

/** A sentence without a time, as before the first fix, belongs to the epoch that is open. */
function isOf(epoch: Epoch, { timeOfDayMs }: Sentence, at: number): boolean {
  const isTimed = timeOfDayMs !== undefined && epoch.timeOfDayMs !== undefined;
  return isRecent(epoch, at) && !(isTimed && timeOfDayMs !== epoch.timeOfDayMs);
}

/** Several satellite systems send several sentences of one type: the first with a fix counts. */
function joined(epoch: Epoch, sentence: Sentence): Epoch {
  const timeOfDayMs = epoch.timeOfDayMs ?? sentence.timeOfDayMs;
  const before = epoch[sentence.type];
  const isBetter = before === undefined || (before.position === undefined && sentence.position !== undefined);
  return { ...epoch, timeOfDayMs, ...(isBetter && { [sentence.type]: sentence }) };
}

function isComplete({ RMC, GGA, GNS }: Epoch): boolean {
  return (RMC ?? GGA ?? GNS) !== undefined;
}

function fixOf({ receivedAt, RMC, GGA, GNS, ZDA }: Epoch): Fix {
  const told = RMC?.position ?? GGA?.position ?? GNS?.position;
  const position = RMC?.deniesPosition === true ? undefined : told;
  const time = position === undefined ? undefined : agreed(RMC?.time, ZDA?.time);
  return { time, receivedAt, position, satellites: GGA?.satellites ?? GNS?.satellites };
}

function agreed(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a === b ? a : undefined;
}
