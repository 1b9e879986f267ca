/** `status`: does this validator work, and what is wrong first. */
import { phaseAt } from '../core/policy.ts';
import { serviceOf } from '../core/service-screen.ts';
import { clockInShort } from './clock.ts';
import { crewInShort } from './confirm.ts';
import type { Command, ConsoleContext } from './context.ts';
import { faultsOf, severity } from './faults.ts';
import { feedInShort } from './feed.ts';
import { columns, duration, sinceWhen } from './format.ts';
import { withFreeSpace } from './free-space.ts';
import { countText } from './reports.ts';
import { knowsStops, stopText } from './stop.ts';
import { uplinkInShort } from './uplink.ts';

/** What is wrong, a cause before what it makes fail, one line each. */
async function problems(context: ConsoleContext): Promise<string[]> {
  const faults = await Promise.all(faultsOf(context).map(fault => withFreeSpace(fault, context.config)));
  return faults.map(
    ({ kind, name, what, since, remedy }) =>
      `${kind} ${name}: ${oneLine(what)} (${sinceWhen(since, context)}). ${oneLine(remedy)}.`,
  );
}

function oneLine(text: string): string {
  return text
    .trim()
    .replace(/\s*\n\s*/g, '; ')
    .replace(/\.$/, '');
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
  async run(context) {
    const { config, parts, journal, crew, clock, monotonic, startedAt } = context;
    const now = clock();
    const policy = context.policy();
    const wrong = await problems(context);
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
        ...(knowsStops(context) ? [['stop', stopText(context)]] : []),
        ['clock', clockInShort(context)],
        ['up for', duration(monotonic() - startedAt)],
        ['crew', crewInShort(crew, policy, monotonic())],
        ['feed', feedInShort(context)],
        ['keys', `in ${context.keysKeptIn}`],
        ['journal', rows === undefined ? 'not usable' : countText(rows)],
        ['uplink', uplinkInShort(context)],
        ...notesOf(context).map(note => ['note', note]),
      ]),
    ].join('\n');
  },
};
