/** A validator for the console's commands: its maintenance is real and lies in a temporary directory, its devices are made up. */
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Command, Dialogue } from '../../../device/console/command.ts';
import { Refusal } from '../../../device/console/command.ts';
import type { ConsoleContext } from '../../../device/console/context.ts';
import { languages } from '../../../device/console/language.ts';
import { pilotPolicy } from '../../../device/core/policy.ts';
import { openCounters } from '../../../device/counters/counters.ts';
import { createJournalClerk } from '../../../device/journal/clerk.ts';
import { openJournal } from '../../../device/journal/journal.ts';
import { createLog } from '../../../device/kit/log.ts';
import { createOutbox } from '../../../device/maintenance/outbox.ts';
import { createSelftest, type Step } from '../../../device/maintenance/selftest.ts';
import type { PartStatus } from '../../../device/parts.ts';
import { createNewestTaps } from '../../../device/tap/newest-taps.ts';
import type { TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

export const now = Date.parse('2022-06-10T08:00:00+08:00');

export function part(kind: PartStatus['kind'], name: string, problem?: string): PartStatus {
  const failures = { before: 0, last: [] };
  const states = { working: problem === undefined, problem, note: '', since: now - 5000, failures };
  return { kind, name, ...states, alarm: undefined };
}

export type Maintained = ReturnType<typeof maintained>;

export function maintained(testContext: TestContext, steps: readonly Step[] = []) {
  const home = temporaryDirectory(testContext);
  const file = join(home, 'journal.sqlite');
  const journal = openJournal(file, 'bus-1-front', { clock: () => now });
  testContext.after(() => journal.close());
  const log = createLog('error', 'bus-1-front');
  const counters = openCounters({ file: `${file}-counters`, log, clock: () => now });
  testContext.after(counters.close);
  const newestTaps = createNewestTaps();
  const ended: string[] = [];
  const trials: string[] = [];
  const world = {
    home,
    journal,
    log,
    counters,
    newestTaps,
    /** How the process was told to end, and what was marked. */
    ended,
    trials,
    /** A passenger is told something. */
    isTaken: false,
    parts: [part('journal', 'journal'), part('clock', 'clock')],
    config: {
      device: 'bus-1-front',
      line: '2',
      journal: file,
      door: 'both',
      cardReaders: [],
      codeReaders: [],
    } as object,
    devices: { cardReaders: [], codeReaders: [], displays: [], speakers: [] } as object,
    uplink: undefined as object | undefined,
    farEnds: [] as { what: string; host: string; port: number }[],
    links: {
      describe: () => ({ usable: false, why: 'no link cache' }),
      verify: async () => undefined,
    } as object,
    way: { stops: [] } as object,
  };
  const clock = () => now;
  const context = {
    version: '1.2.3',
    startedAt: now - 60_000,
    get config() {
      return world.config;
    },
    policy: () => pilotPolicy,
    parts: { list: () => world.parts, onChange: () => () => undefined },
    get links() {
      return world.links;
    },
    get uplink() {
      return world.uplink;
    },
    feed: undefined,
    journal: { current: () => journal },
    crew: { state: () => ({}) },
    keysKeptIn: 'a file',
    sm2Engine: 'native',
    clock,
    monotonic: clock,
    whereabouts: {
      stop: () => undefined,
      position: () => undefined,
      lastFix: () => undefined,
      way: () => world.way,
    },
    route: () => undefined,
    time: { now: clock, state: () => ({ source: 'system', plausible: true, since: 0, offsetMs: 0 }) },
    maintenance: {
      get devices() {
        return world.devices;
      },
      board: {
        tryOut(notice: { passenger: { headline: { zh: string } } }) {
          if (world.isTaken) return undefined;
          trials.push(notice.passenger.headline.zh);
          return () => trials.push('end');
        },
        trySaying(audience: string, { id }: { id: string }) {
          trials.push(`${audience} ${id}`);
          return true;
        },
      },
      book: log.book,
      newestTaps,
      counters,
      clerk: createJournalClerk(file),
      outbox: createOutbox(`${file}-outbox`, 'bus-1-front', clock),
      selftest: createSelftest({
        file: `${file}-selftest`,
        version: '1.2.3',
        steps: () => steps,
        clock,
        log,
      }),
      get farEnds() {
        return world.farEnds;
      },
      supervisor: { startAnew: () => ended.push('anew'), stayDown: () => ended.push('down') },
      factoryReset: {
        deleted: [`${file}-counters`],
        kept: [file],
        mark: async () => void ended.push('marked'),
      },
    },
  } as unknown as ConsoleContext;
  return { ...world, world, context };
}

/** Has a command run, and checks what every command owes: data as its schema says, and a text in both languages without controls. */
export async function run<Data>(
  command: Command<Data>,
  context: ConsoleContext,
  words: readonly string[] = [],
  {
    answers = [],
    signal = new AbortController().signal,
    sameInBoth = false,
  }: { answers?: readonly string[]; signal?: AbortSignal; sameInBoth?: boolean } = {},
): Promise<{ readonly data: Data; readonly text: string; readonly zh: string; readonly said: string[] }> {
  const said: string[] = [];
  const left = [...answers];
  const dialogue = {
    say: (en: string) => void said.push(en),
    async ask(question: { en: string }) {
      said.push(question.en);
      return left.shift();
    },
  } as unknown as Dialogue;
  const data = await command.run(context, words, dialogue, signal);
  if (data instanceof Refusal) throw data;
  const sent = command.schema.parse(JSON.parse(JSON.stringify(data)));
  const [text = '', zh = ''] = languages.map(language => command.tell(sent, language));
  if (stripVTControlCharacters(text) !== text)
    throw new Error(`control characters in ${JSON.stringify(text)}`);
  if (!sameInBoth && !/[\u4e00-\u9fff]/.test(zh)) throw new Error(`not in Chinese: ${zh}`);
  return { data: sent, text, zh, said };
}

/** @returns why it was refused */
export async function refusal(
  command: Command<never> | Command,
  context: ConsoleContext,
  words: readonly string[] = [],
  answers: readonly string[] = [],
): Promise<string> {
  try {
    await run(command as Command, context, words, { answers });
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  throw new Error(`${command.name} ${words.join(' ')} was not refused`);
}
