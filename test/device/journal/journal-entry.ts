import type { JournalEntry } from '../../../device/journal/journal-row.ts';

export function journalEntry(changes: Partial<JournalEntry> = {}): JournalEntry {
  return {
    at: 1_654_000_000_000,
    reader: 'card',
    line: '2',
    kind: 't-union',
    token: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    codeDigest: undefined,
    decision: { verdict: { verdict: 'pass' }, phase: 'enforced', fareTaken: true, fareFen: 100 },
    ...changes,
  };
}
