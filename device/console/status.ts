/** `status`: does this validator work, and what is wrong first. */
import { phaseAt } from '../core/policy.ts';
import { type PartKind, serviceOf } from '../core/service-screen.ts';
import { clockInShort } from './clock.ts';
import type { Command, ConsoleContext } from './context.ts';
import { feedInShort } from './feed.ts';
import { columns, duration } from './format.ts';
import { stopText } from './gnss.ts';

/** The worst first. */
const severity: readonly PartKind[] = [
  'journal',
  'card-reader',
  'code-reader',
  'decoder',
  'links',
  'feed',
  'clock',
  'gnss',
  'display',
  'console',
];

/** What is wrong, the worst first. */
function problems({ parts, clock }: ConsoleContext): string[] {
  const now = clock();
  return parts
    .list()
    .filter(part => !part.working)
    .sort((a, b) => severity.indexOf(a.kind) - severity.indexOf(b.kind))
    .map(part => `${part.kind} ${part.name}: ${part.problem} (for ${duration(now - part.since)})`);
}

export const status: Command = {
  name: 'status',
  usage: '',
  help: 'does this validator work, and what is wrong first',
  run(context) {
    const { config, parts, journal, clock, startedAt } = context;
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
        ['up for', duration(now - startedAt)],
        ['feed', feedInShort(context)],
        ['journal', rows === undefined ? 'not usable' : `${rows.rows} taps, last seq ${rows.lastSeq}`],
      ]),
    ].join('\n');
  },
};
