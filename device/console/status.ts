/** `status`: does this validator work, and what is wrong first. */
import { phaseAt } from '../core/policy.ts';
import { type PartKind, serviceOf } from '../core/service-screen.ts';
import { clockInShort } from './clock.ts';
import type { Command, ConsoleContext } from './context.ts';
import { feedInShort } from './feed.ts';
import { columns, duration } from './format.ts';
import { stopText } from './gnss.ts';
import { countText } from './reports.ts';

/** The worst first. */
const severity: readonly PartKind[] = [
  'journal',
  'journal-rows',
  'card-reader',
  'code-reader',
  'decoder',
  'links',
  'feed',
  'feed-expiry',
  'clock',
  'gnss',
  'display',
  'speaker',
  'console',
];

/** What is wrong, the worst first. */
function problems({ parts, monotonic }: ConsoleContext): string[] {
  const now = monotonic();
  return parts
    .list()
    .filter(part => !part.working)
    .sort((a, b) => severity.indexOf(a.kind) - severity.indexOf(b.kind))
    .map(part => `${part.kind} ${part.name}: ${part.problem} (for ${duration(now - part.since)})`);
}

/** What a technician should know of parts that work all the same. */
export function notesOf({ parts }: Pick<ConsoleContext, 'parts'>, kinds = severity): string[] {
  return parts
    .list()
    .filter(({ kind, note }) => note !== '' && kinds.includes(kind))
    .map(({ kind, name, note }) => `${kind} ${name}: ${note}`);
}

export const status: Command = {
  name: 'status',
  usage: '',
  help: 'does this validator work, and what is wrong first',
  run(context) {
    const { config, parts, journal, clock, monotonic, startedAt } = context;
    const now = clock();
    const policy = context.policy();
    const wrong = problems(context);
    const service = serviceOf(parts.list());
    const verdict = service === 'none' ? 'OUT OF SERVICE' : wrong.length > 0 ? 'WORKS, WITH FAULTS' : 'WORKS';
    const checked = policy.lines.includes(config.line)
      ? 'checks health codes'
      : 'does not check health codes';
    const rows = journal.current()?.count();
    return [
      `${config.device}: ${verdict}`,
      ...wrong.map((text, i) => `  ${i + 1}. ${text}`),
      columns([
        ['service', service],
        ['line', `${config.line} (${checked}; ${phaseAt(policy, now)})`],
        ...(config.gnss === undefined ? [] : [['stop', stopText(context)]]),
        ['clock', clockInShort(context)],
        ['up for', duration(monotonic() - startedAt)],
        ['feed', feedInShort(context)],
        ['keys', `in ${context.keysKeptIn}`],
        ['journal', rows === undefined ? 'not usable' : countText(rows)],
        ...notesOf(context).map(note => ['note', note]),
      ]),
    ].join('\n');
  },
};
