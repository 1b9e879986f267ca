/** What no log line may say, whatever is done to the validators: a crash, an exit that nobody caused, an account number. */
import type { LogLine } from '../bus/firmware-process.ts';
import type { PostName } from '../bus/validator-post.ts';
import type { Disagreement } from './disagreement.ts';

export interface LogWatch {
  /** The power of a validator is about to be cut. */
  cutPower(post: PostName): void;
  /** @returns what is wrong with the line */
  faultOf(post: PostName, line: LogLine): Disagreement | undefined;
}

const never = new Set([
  'crash',
  'stderr',
  'stop-forced',
  'close-failed',
  'decoder-fallback',
  'cache-damaged',
  'feed-text-refused',
  'policy-refused',
  'stops-refused',
  'root-record-refused',
]);
const ofTheNetwork = new Set(['disconnected', 'timeout']);
/** The accounts that the bus makes: each kind's own beginning, and the passenger's place in the list. */
const account = /31051\d{14}|1000\d{12}|(?<!\d)0{16}\d{4}(?!\d)/;

export function createLogWatch(): LogWatch {
  const cuts: Record<PostName, number> = { front: 0, rear: 0 };

  function endOf(post: PostName, { code, signal }: LogLine): Disagreement | undefined {
    if (signal === 'SIGKILL' && cuts[post] > 0) {
      cuts[post]--;
      return undefined;
    }
    return {
      kind: 'exit',
      expected: `${post} runs until its power is cut`,
      got: `it ended with code ${String(code)}, signal ${String(signal)}`,
    };
  }

  return {
    cutPower(post) {
      cuts[post]++;
    },
    faultOf(post, line) {
      const text = JSON.stringify(line);
      const leak = account.exec(text);
      if (leak !== null) {
        return { kind: 'privacy', expected: 'no account number in the log', got: `${post}: ${text}` };
      }
      if (line.event === 'exit') return endOf(post, line);
      const isBad =
        never.has(line.event) || (line.event === 'feed-refused' && !ofTheNetwork.has(String(line.kind)));
      return isBad
        ? { kind: `log ${line.event}`, expected: 'no such line', got: `${post}: ${text}` }
        : undefined;
    },
  };
}
