/** `status`: does this validator work, and what is wrong first. */
import { z } from 'zod';
import { phaseAt } from '../../core/policy.ts';
import { type Service, serviceOf } from '../../core/service-screen.ts';
import { command } from '../command.ts';
import type { ConsoleContext } from '../context.ts';
import { instant, lasting, lastingSince, lastingText, milliseconds, timeText } from '../data.ts';
import { faultsOf, severity } from '../faults.ts';
import { columns, duration } from '../format.ts';
import { withFreeSpace } from '../free-space.ts';
import { type Language, wordsIn } from '../language.ts';
import { clockInShort, clockLine, clockShape } from './clock.ts';
import { crewInShort, crewLine, crewShape } from './confirm.ts';
import { feedInShort, feedLine, feedShape } from './feed.ts';
import { countOf, journalLine, journalShape } from './journal.ts';
import { atStop, knowsStops, stopLine, stopShape } from './stop.ts';
import { uplinkInShort, uplinkLine, uplinkShape } from './uplink.ts';

const fault = lasting.extend({
  kind: z.string(),
  name: z.string(),
  /** Which fault it is, on every screen and wire. */
  alarm: z.string(),
  what: z.string(),
  remedy: z.object({ en: z.string(), zh: z.string() }),
});

const note = z.object({ kind: z.string(), name: z.string(), note: z.string() });

const schema = z.object({
  device: z.string(),
  verdict: z.enum(['works', 'works-with-faults', 'out-of-service']),
  /** What passengers can present. */
  service: z.string(),
  /** What is wrong, a cause before what it makes fail. */
  faults: z.array(fault),
  line: z.string(),
  checksHealthCodes: z.boolean(),
  phase: z.string(),
  /** Null where nothing is known of stops. */
  stop: stopShape.nullable(),
  clock: clockShape,
  upForMs: milliseconds,
  crew: crewShape,
  /** Null where none is configured. */
  feed: feedShape.nullable(),
  keysKeptIn: z.string(),
  /** Null where it is not usable. */
  journal: journalShape.nullable(),
  /** Null where none is configured. */
  uplink: uplinkShape.nullable(),
  /** The last, such as of the night before; null where there was none yet. */
  selftest: z.object({ at: instant, passed: z.boolean(), failed: z.array(z.string()) }).nullable(),
  notes: z.array(note),
});
type StatusData = z.infer<typeof schema>;

export const status = command({
  name: 'status',
  usage: '',
  example: 'status',
  help: { en: 'does this validator work, and what is wrong first', zh: '本机是否正常、先看哪个故障' },
  access: 'anyone',
  schema,
  async run(context) {
    const { config, parts, journal, clock, monotonic, startedAt } = context;
    const policy = context.policy();
    const faults = await Promise.all(faultsOf(context).map(each => withFreeSpace(each, config)));
    const service = serviceOf(parts.list());
    const rows = journal.current()?.count();
    return {
      device: config.device,
      verdict: verdictOf(service, faults.length),
      service,
      faults: faults.map(({ kind, name, alarm, what, since, remedy }) => {
        return { kind, name, alarm, what: oneLine(what), ...lastingSince(since, context), remedy };
      }),
      line: config.line,
      checksHealthCodes: policy.lines.includes(config.line),
      phase: phaseAt(policy, clock()),
      stop: knowsStops(context) ? atStop(context) : null,
      clock: clockInShort(context),
      upForMs: monotonic() - startedAt,
      crew: crewInShort(context),
      feed: feedInShort(context),
      keysKeptIn: context.keysKeptIn,
      journal: rows === undefined ? null : countOf(rows),
      uplink: uplinkInShort(context),
      selftest: selftestInShort(context),
      notes: notesOf(context),
    };
  },
  tell(data, language) {
    const wrong = data.faults.map((each, i) => `  ${i + 1}. ${faultText(each, language)}`);
    return [`${data.device}: ${verdictText(data, language)}`, ...wrong, restOf(data, language)].join('\n');
  },
});

function verdictOf(service: Service, faults: number): StatusData['verdict'] {
  if (service === 'none') return 'out-of-service';
  return faults > 0 ? 'works-with-faults' : 'works';
}

function verdictText({ verdict }: StatusData, language: Language): string {
  const say = wordsIn(language);
  if (verdict === 'works') return say('WORKS', '正常');
  return verdict === 'out-of-service'
    ? say('OUT OF SERVICE', '停止服务')
    : say('WORKS, WITH FAULTS', '可用，有故障');
}

function faultText(
  { kind, name, alarm, what, remedy, ...since }: StatusData['faults'][number],
  language: Language,
): string {
  const todo = oneLine(remedy[language]);
  return wordsIn(language)(
    `${kind} ${name}: ${what} [${alarm}] (${lastingText(since, language)}). ${todo}.`,
    `${kind} ${name}：${what} [${alarm}]（${lastingText(since, language)}）。${todo}。`,
  );
}

function restOf(data: StatusData, language: Language): string {
  const say = wordsIn(language);
  const { line, phase, stop, journal } = data;
  const checked = data.checksHealthCodes
    ? say('checks health codes', '核验健康码')
    : say('does not check health codes', '不核验健康码');
  return columns([
    [say('service', '服务'), data.service],
    [say('line', '线路'), `${line} (${checked}; ${phase})`],
    ...(stop === null ? [] : [[say('stop', '站点'), stopLine(stop, language)]]),
    [say('clock', '时钟'), clockLine(data.clock, language)],
    [say('up for', '已运行'), duration(data.upForMs, language)],
    [say('crew', '司乘人员'), crewLine(data.crew, language)],
    [say('feed', '数据源'), feedLine(data.feed, language)],
    [say('keys', '密钥'), say(`in ${data.keysKeptIn}`, `存于 ${data.keysKeptIn}`)],
    [
      say('journal', '乘车记录'),
      journal === null ? say('not usable', '不可用') : journalLine(journal, language),
    ],
    [say('uplink', '上传'), uplinkLine(data.uplink, language)],
    ...(data.selftest === null ? [] : [[say('self-test', '自检'), selftestLine(data.selftest, language)]]),
    ...data.notes.map(each => [say('note', '提示'), noteText(each)]),
  ]);
}

function oneLine(text: string): string {
  return text
    .trim()
    .replace(/\s*\n\s*/g, '; ')
    .replace(/[.。]$/, '');
}

function selftestInShort({ maintenance }: ConsoleContext): StatusData['selftest'] {
  const last = maintenance.selftest.last();
  if (last === undefined) return null;
  const failed = last.steps.filter(({ result }) => result === 'fail').map(({ name }) => name);
  return { at: last.at, passed: last.passed, failed };
}

function selftestLine(
  { at, passed, failed }: NonNullable<StatusData['selftest']>,
  language: Language,
): string {
  const say = wordsIn(language);
  return passed
    ? say(`passed, ${timeText(at)}`, `通过，${timeText(at)}`)
    : say(
        `FAILED (${failed.join(', ')}), ${timeText(at)}`,
        `未通过（${failed.join('，')}），${timeText(at)}`,
      );
}

/** What a technician should know of parts that work all the same. */
export function notesOf({ parts }: Pick<ConsoleContext, 'parts'>, kinds = severity): z.infer<typeof note>[] {
  return parts
    .list()
    .filter(({ kind, note }) => note !== '' && kinds.includes(kind))
    .map(({ kind, name, note }) => ({ kind, name, note }));
}

export function noteText({ kind, name, note: text }: z.infer<typeof note>): string {
  return `${kind} ${name}: ${text}`;
}
