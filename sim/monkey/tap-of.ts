/** Reads a line of a validator's log as a tap, with the data that the validator had told of before. */
import type { Phase } from '../../device/core/phase.ts';
import type { LogLine } from '../bus/firmware-process.ts';
import type { PostName } from '../bus/validator-post.ts';
import type { HeardTap } from './heard-tap.ts';
import type { Prediction } from './oracle.ts';
import type { ValidatorLog } from './validator-log.ts';

/** From the verdict to the line of the log the journal's row is written to the disk. */
const journalMs = 250;

/** @param isTorn whether that row is a tap that was torn. @returns undefined for any other line */
export function tapOf(
  post: PostName,
  line: LogLine,
  log: ValidatorLog,
  isTorn: (row: number) => boolean,
): HeardTap | undefined {
  const {
    event,
    reader,
    seq,
    verdict,
    reason,
    status,
    phase,
    fareTaken,
    fareFen,
    paidFen,
    step,
    stop,
    tookMs,
  } = line;
  if (event !== 'tap' && event !== 'card-lost') return undefined;
  const why = reason ?? status;
  const to = Date.parse(String(line.time));
  return {
    post,
    event,
    reader: String(reader),
    seq: typeof seq === 'number' ? seq : undefined,
    verdict: event === 'tap' ? String(verdict) : 'card-lost',
    why: why === undefined ? undefined : String(why),
    phase: phase as Phase,
    fareTaken: fareTaken === true,
    fareFen: Number(fareFen ?? 0),
    paidFen: typeof paidFen === 'number' ? paidFen : undefined,
    isPsamWell: log.parts.get('psam')?.works === true,
    step: step === undefined ? undefined : String(step),
    stop: stop === undefined ? undefined : String(stop),
    isMended: typeof seq === 'number' && isTorn(seq),
    from: to - Math.min(Number(tookMs ?? 0), journalMs),
    to,
    data: log.data,
  };
}

export function isSame({ outcome, phase }: Prediction, tap: HeardTap): boolean {
  if (tap.event === 'card-lost') return outcome.verdict === 'card-lost';
  return (
    outcome.verdict === tap.verdict &&
    outcome.why === tap.why &&
    outcome.fareTaken === tap.fareTaken &&
    outcome.fareFen === tap.fareFen &&
    outcome.step === tap.step &&
    phase === tap.phase
  );
}

/** What a scenario's step can be held to; undefined where more than one thing may come of it. */
export function expectationOf(
  predictions: readonly Prediction[],
): Readonly<Record<string, string>> | undefined {
  const [only, other] = predictions;
  if (only === undefined || other !== undefined) return undefined;
  const { verdict, why } = only.outcome;
  if (verdict === 'card-lost') return { event: 'card-lost' };
  return { verdict, ...(why !== undefined && { [verdict === 'abnormal' ? 'status' : 'reason']: why }) };
}
