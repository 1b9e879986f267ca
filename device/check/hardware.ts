/** Waits for what the parts say that have been opened: ready, a fault, or nothing within the time. */
import { withinTime } from '../kit/time.ts';
import type { PartStatus, Parts } from '../parts.ts';
import type { PartReport } from './report.ts';

/** A fault that is over so soon was none: a daemon that was just starting, a far end that hung up once. */
const faultHoldsMs = 2000;
const starting = 'starting';

/** @param limitMs how long parts have to answer: until then those that are not ready may become so */
export async function hearParts(
  parts: Pick<Parts, 'list' | 'onChange'>,
  limitMs: number,
): Promise<PartReport[]> {
  let done = () => {};
  const settled = new Promise<void>(resolve => {
    done = resolve;
  });
  let holding: NodeJS.Timeout | undefined;
  const look = () => {
    const all = parts.list();
    if (all.every(({ working }) => working)) done();
    else if (all.every(({ problem }) => problem !== starting)) holding ??= setTimeout(done, faultHoldsMs);
  };
  const stop = parts.onChange(look);
  look();
  await withinTime(settled, limitMs, () => undefined);
  clearTimeout(holding);
  stop();
  return parts.list().map(part => reportOn(part, limitMs));
}

function reportOn({ kind: part, name, working, problem, note }: PartStatus, limitMs: number): PartReport {
  if (working) return { part, name, state: 'answers', ...(note !== '' && { message: note }) };
  if (problem === starting)
    return { part, name, state: 'silent', message: `nothing came within ${limitMs / 1000} s` };
  return { part, name, state: 'fault', message: problem ?? 'it does not work' };
}
