/** The root authorities of ride codes: whether their records are genuine, and good now. */
import { isoTime } from '../core/iso-time.ts';
import { readRootRecords } from '../core/ride-code.ts';
import { selectSm2 } from '../sm2/select.ts';
import type { Findings } from './findings.ts';

/**
 * A start leaves a record out that is no good, and says so in its log alone.
 *
 * @param trust the file that they are from
 * @param now Unix milliseconds, by the system's clock
 */
export async function checkAuthorities(
  records: readonly Uint8Array[],
  trust: string,
  now: number,
  findings: Findings,
): Promise<void> {
  if (records.length === 0) {
    findings.warning('names no root authority: no ride code is taken', trust);
    return;
  }
  const { sm2 } = await selectSm2();
  const roots = readRootRecords(records, sm2, problem => findings.problem(problem, trust));
  const expired = roots.filter(({ expiresAt }) => expiresAt <= now);
  const tell = expired.length === roots.length ? findings.problem : findings.warning;
  for (const { id, expiresAt } of expired)
    tell(`the root authority ${id} expired on ${isoTime(expiresAt)}, by the system's clock`, trust);
}
