/**
 * A tap that nobody has made, all the way but for a reader and a row: a token is looked up, the verdict decided, and the journal's
 * disk written and fsynced.
 */
import { randomBytes } from 'node:crypto';
import { decide } from '../core/check.ts';
import type { Medium } from '../core/medium.ts';
import type { Policy } from '../core/policy.ts';
import type { LinkStore } from '../data-ports.ts';
import type { JournalGuard } from '../journal/journal-guard.ts';
import type { ValidatorClock } from '../time-and-place/clock.ts';

export interface TrialTapParts {
  readonly journal: Pick<JournalGuard, 'current'>;
  readonly links: Pick<LinkStore, 'find'>;
  readonly policy: () => Policy;
  readonly time: Pick<ValidatorClock, 'now' | 'isKnown'>;
  readonly line: string;
}

const medium: Medium = {
  accepted: true,
  medium: { kind: 't-union', account: '', cardKind: 'ordinary', balanceFen: 0 },
};

/** @returns throws Error with what the tap failed at */
export function createTrialTap({ journal, links, policy, time, line }: TrialTapParts): () => void {
  return () => {
    const now = time.now();
    // Nobody has this one: what counts is that the cache answers.
    const link = links.find(randomBytes(8));
    const about = { medium, link, line, now, policy: policy(), timeKnown: time.isKnown() };
    decide({ ...about, seen: 'new' });
    const open = journal.current();
    if (open === undefined) throw new Error('the journal takes no rows');
    open.probe(now);
  };
}
