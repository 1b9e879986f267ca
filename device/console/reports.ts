/** Commands that show one thing each: version, config, readers, cache, journal. */
import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { beijingTime } from '../core/beijing-time.ts';
import { dataProblem } from '../core/check.ts';
import type { JournalCount } from '../journal/journal.ts';
import type { JournalRow } from '../journal/newest-taps.ts';
import { hideUserinfo } from '../kit/address.ts';
import type { PartStatus } from '../parts.ts';
import type { Command, ConsoleContext } from './context.ts';
import { sinceOf } from './faults.ts';
import { columns, duration, sinceWhen } from './format.ts';

export const version: Command = {
  name: 'version',
  usage: '',
  help: 'firmware, runtime and cryptography',
  run: ({ version, sm2Engine }) =>
    columns([
      ['firmware', version],
      ['node', process.version],
      ['openssl', process.versions.openssl],
      ['sm2', `${sm2Engine} (passed its self-test at start)`],
      [
        'machine',
        `${process.arch} ${readFileSync('/proc/version', 'utf8').split(' ').slice(0, 3).join(' ')}`,
      ],
    ]),
};

export const config: Command = {
  name: 'config',
  usage: '',
  help: 'the settings in force, defaults filled in',
  run: context => hideUserinfo(stringify(context.config).trimEnd()),
};

export const readers: Command = {
  name: 'readers',
  usage: '',
  help: 'every part with a wire, its state, and how often and when it failed before',
  run(context) {
    const rows = context.parts.list().map(part => {
      const { kind, name, working, problem, note } = part;
      const since = sinceWhen(sinceOf(part, context.feed), context);
      const texts = [problem ?? note, failedBefore(part, context)];
      return [kind, name, working ? 'works' : 'FAULT', since, texts.filter(text => text !== '').join('; ')];
    });
    return columns(rows);
  },
};

function failedBefore(
  { failures: { before, last } }: PartStatus,
  { clock, monotonic }: Pick<ConsoleContext, 'clock' | 'monotonic'>,
): string {
  if (before === 0) return '';
  const ago = monotonic() - clock();
  const times = last.map(
    ({ from, until, problem }) => `${beijingTime(from - ago)} for ${duration(until - from)}: ${problem}`,
  );
  return `failed ${before === 1 ? 'once' : `${before} times`} before, last ${times.join(', ')}`;
}

export const cache: Command = {
  name: 'cache',
  usage: '',
  help: 'the health-code links on this bus, and how fresh they are',
  run({ links, policy, clock, config }) {
    const state = links.describe();
    const directory = ['directory', config.links.cache];
    if (!state.usable) return columns([directory, ['state', `NOT USABLE: ${state.why}`]]);
    const now = clock();
    const { linksMaxAgeS, statusMaxAgeS } = policy().freshness;
    const age = (asOf: number, limitS: number) => {
      const ageMs = now - asOf;
      const old = ageMs < 0 ? `${duration(-ageMs)} ahead of the clock` : `${duration(ageMs)} old`;
      return `${beijingTime(asOf)}, ${old}, limit ${duration(limitS * 1000)}`;
    };
    const problem = dataProblem(state, policy(), now);
    return columns([
      directory,
      ['version', String(state.version)],
      ['links', String(state.links)],
      ['persons', String(state.slots)],
      ['denied', String(state.denied)],
      ['fleet key', state.keyId],
      ['state', problem === undefined ? 'fresh' : `NOT USABLE: ${problem}`],
      ['links as of', age(state.linksAsOf, linksMaxAgeS)],
      ['status as of', age(state.statusAsOf, statusMaxAgeS)],
    ]);
  },
};

function checkedBy({ checkedBy, checkedRow }: JournalRow): string {
  return checkedBy === null ? '' : `, seq ${checkedRow} confirmed by ${checkedBy}`;
}

export function countText({ rows, lastSeq, lost, openPurchases }: JournalCount): string {
  const open = openPurchases === 0 ? '' : `, ${openPurchases} purchases not settled`;
  return `${rows} taps, last seq ${lastSeq}${lost === 0 ? '' : `, ${lost} LOST`}${open}`;
}

function stepText({ step }: JournalRow): string {
  return step === 'on' || step === 'off' ? `, ${step}` : '';
}

function purchaseText({ purchase }: JournalRow): string {
  if (purchase === null) return '';
  return purchase === 'begun' ? ', not settled' : `, ${purchase}`;
}

const sealedText = 'earlier ones are sealed: only the back office reads them';
const defaultRows = 10;
const maxRows = 200;

export const journal: Command = {
  name: 'journal',
  usage: '[ROWS]',
  help: `the newest taps, ${defaultRows} unless told`,
  run({ journal, config }, [text]) {
    const wanted = text === undefined ? defaultRows : Number(text);
    if (!Number.isInteger(wanted) || wanted < 1 || wanted > maxRows)
      return `journal: ROWS is 1 to ${maxRows}`;
    const current = journal.current();
    if (current === undefined) return `the journal ${config.journal} is not usable: see status`;
    const taps = current
      .newest(wanted)
      .map(tap => [
        String(tap.seq),
        beijingTime(tap.at),
        tap.reader,
        tap.kind ?? '-',
        tap.verdict + (tap.reason === null ? '' : ` (${tap.reason})`) + stepText(tap) + checkedBy(tap),
        tap.fareTaken ? `${(tap.fareFen / 100).toFixed(2)} yuan${purchaseText(tap)}` : 'no fare',
      ]);
    const table = columns([['seq', 'time', 'reader', 'medium', 'verdict', 'fare'], ...taps]);
    const count = current.count();
    const isCut = current.isSealed && taps.length < Math.min(wanted, count.rows);
    return [table, ...(isCut ? [sealedText] : []), countText(count)].join('\n');
  },
};
