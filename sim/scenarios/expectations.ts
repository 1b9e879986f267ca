/** Compares what a step expects with what has happened. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Audience, audiences } from '../../device/core/screen.ts';
import { messageOf } from '../../device/kit/errors.ts';
import type { JournalCounts } from '../backoffice/journal-counts.ts';
import type { BusEvent } from '../bus/commands/command.ts';
import { describeEvent } from '../bus/commands/describe-event.ts';
import type { LogLine } from '../bus/firmware-process.ts';
import type { PurseNow } from '../bus/purses.ts';
import type { ScreenShot } from '../bus/screens.ts';
import type { PostName } from '../bus/validator-post.ts';
import type { Expectation } from './format/schema.ts';
import { asList, missingTexts, readable, rowsOf } from './format/screen-text.ts';

/** What expectations are compared with; functions read the present state. */
export interface Facts {
  /** The event of the step's command. */
  readonly result: BusEvent | undefined;
  /** Why the command was refused. */
  readonly refusal: string | undefined;
  /** The validators the step is about. */
  readonly posts: readonly PostName[];
  /** Lines of these validators since the last command. */
  log(): readonly LogLine[];
  screen(post: PostName, audience: Audience): ScreenShot;
  /** What was said aloud there since the last command, in turn. */
  heard(post: PostName, audience: Audience): readonly string[];
  /** What has happened there since this step began. */
  readonly since: {
    heard(post: PostName, audience: Audience): readonly string[];
    log(): readonly LogLine[];
  };
  /** For so long a prompt is waited for: it begins a moment after the screens. */
  readonly hearingMs: number;
  /** On a passenger's card now; undefined where there is none. */
  purse(passenger: string): PurseNow | undefined;
  console(post: PostName, command: string): Promise<string>;
  journal(post: PostName): Promise<JournalCounts>;
}

export interface Mismatch {
  readonly key: keyof Expectation;
  readonly expected: string;
  readonly got: string;
}

const hearingPollMs = 20;
const nothing = 'nothing';
/** Lines of the log that say that something has happened to the validator. */
const happenings = [
  'tap',
  'card-lost',
  'part-fault',
  'part-ready',
  'part-note',
  'start',
  'exit',
  'crash',
  'stderr',
];

/** Of a settled day, by name. */
type Figures = Readonly<Record<string, unknown>> & { readonly revenueFen?: Readonly<Record<string, number>> };

type Difference = Omit<Mismatch, 'key'> | undefined;
type Check<K extends keyof Expectation> = (
  wanted: NonNullable<Expectation[K]>,
  facts: Facts,
) => Difference | Promise<Difference>;
type Checked = Exclude<keyof Expectation, 'at' | 'within' | 'for'>;

const checks: { readonly [K in Checked]: Check<K> } = {
  verdict: ofResult('verdict'),
  reason: ofResult('reason'),
  status: ofResult('status'),
  fareTaken: ofResult('fareTaken'),
  fareFen: ofResult('fareFen'),
  paidFen: ofResult('paidFen'),
  step: ofResult('step'),
  settled: (wanted, { result }) => {
    const { revenueFen, ...figures } = (result?.event === 'settled' ? result : {}) as Figures;
    return fieldsDiffer(wanted, name => Number(figures[name] ?? revenueFen?.[name]));
  },
  balanceFen: (wanted, facts) => ofPurse(wanted, facts, ({ balanceFen }) => balanceFen),
  openRide: (wanted, facts) => ofPurse(wanted, facts, ({ ride }) => ride !== null),
  stop: ofResult('stop'),
  event: ofResult('event'),
  passenger: onScreen('passenger'),
  crew: onScreen('crew'),
  light: (wanted, facts) =>
    differing(facts.posts, post => {
      const { light } = shot(facts, post, 'passenger');
      return light === wanted ? undefined : { expected: wanted, got: light };
    }),
  heard: (wanted, { posts, heard, since, hearingMs }) =>
    differing(posts, async post => {
      for (const [audience, text] of toBeHeard(wanted)) {
        const difference =
          text === nothing
            ? anyOf(since.heard(post, audience))
            : await unheard(text, () => heard(post, audience), hearingMs);
        if (difference !== undefined) return difference;
      }
      return undefined;
    }),
  happens: (_nothing, { posts, since }) => {
    const said = posts.flatMap(post => audiences.flatMap(audience => since.heard(post, audience)));
    const logged = since.log().filter(({ event }) => happenings.includes(event));
    return anyOf([...said, ...logged.map(line => JSON.stringify(line))]);
  },
  said: (wanted, { result }) =>
    lacking(wanted, result === undefined ? 'nothing: no command' : describeEvent(result)),
  error: (wanted, { refusal }) =>
    refusal === undefined ? { expected: wanted, got: 'no error' } : lacking(wanted, refusal),
  async journal(wanted, { posts, journal }) {
    const counts = await Promise.all(posts.map(journal));
    const got = (name: string) =>
      counts.reduce((sum, { rows, byVerdict }) => sum + (name === 'rows' ? rows : (byVerdict[name] ?? 0)), 0);
    return fieldsDiffer(wanted, got);
  },
  console: (wanted, { posts, console }) =>
    differing(posts, async post => {
      for (const [command, texts] of Object.entries(wanted)) {
        const difference = lacking(texts, await console(post, command));
        if (difference !== undefined) return difference;
      }
      return undefined;
    }),
  cache: ({ state, ...counts }, { posts, console }) =>
    differing(posts, async post => {
      const rows = rowsOf(await console(post, 'cache'));
      const difference = fieldsDiffer(counts, name => Number(rows[name]));
      return difference ?? (state === undefined ? undefined : lacking(state, rows.state ?? 'no answer'));
    }),
  log(wanted, { log }) {
    const lines = log();
    if (lines.some(line => Object.entries(wanted).every(([field, value]) => line[field] === value))) {
      return undefined;
    }
    const near = lines.filter(({ event }) => wanted.event === undefined || event === wanted.event);
    return {
      expected: JSON.stringify(wanted),
      got:
        near.length === 0
          ? 'no such line'
          : near
              .slice(-3)
              .map(line => JSON.stringify(line))
              .join(', '),
    };
  },
};

/** @returns every expectation that is not met now */
export async function mismatches(expectation: Expectation, facts: Facts): Promise<Mismatch[]> {
  const found: Mismatch[] = [];
  for (const key of Object.keys(checks) as Checked[]) {
    const difference = await checkOne(key, expectation, facts);
    if (difference !== undefined) found.push({ key, ...difference });
  }
  return found;
}

async function checkOne<K extends Checked>(
  key: K,
  expectation: Expectation,
  facts: Facts,
): Promise<Difference> {
  const wanted = expectation[key];
  const check: Check<K> = checks[key];
  if (wanted === undefined) return undefined;
  try {
    return await check(wanted, facts);
  } catch (error) {
    // A console may have no power, a journal may not be there yet.
    return { expected: JSON.stringify(wanted), got: messageOf(error) };
  }
}

function ofResult(field: string) {
  return (wanted: string | number | boolean, { result }: Facts): Difference => {
    const got = result?.[field];
    return got === wanted
      ? undefined
      : { expected: String(wanted), got: got === undefined ? 'none' : String(got) };
  };
}

/** Of the passenger whom the command names. */
function ofPurse<T extends number | boolean>(
  wanted: T,
  { result, purse }: Facts,
  read: (purse: PurseNow) => T,
): Difference {
  const found = typeof result?.passenger === 'string' ? purse(result.passenger) : undefined;
  const got = found && read(found);
  return got === wanted ? undefined : { expected: String(wanted), got: String(got ?? 'no purse') };
}

function onScreen(audience: Audience) {
  return (wanted: string | readonly string[], facts: Facts) =>
    differing(facts.posts, post => lacking(wanted, readable(shot(facts, post, audience).lines)));
}

/** Whether it is about something that does not happen, which only time can show. */
export function isOfNothing({ heard, happens }: Expectation): boolean {
  return (
    happens !== undefined || (heard !== undefined && toBeHeard(heard).some(([, text]) => text === nothing))
  );
}

/** `nothing` alone is for both. */
function toBeHeard(wanted: NonNullable<Expectation['heard']>): readonly (readonly [Audience, string])[] {
  if (wanted === nothing) return audiences.map(audience => [audience, nothing]);
  const { passenger, crew } = typeof wanted === 'string' ? { passenger: wanted, crew: undefined } : wanted;
  return [
    ...(passenger === undefined ? [] : [['passenger', passenger] as const]),
    ...(crew === undefined ? [] : [['crew', crew] as const]),
  ];
}

function anyOf(found: readonly string[]): Difference {
  return found.length === 0 ? undefined : { expected: nothing, got: found.slice(0, 3).join(' / ') };
}

async function unheard(wanted: string, heard: () => readonly string[], limitMs: number): Promise<Difference> {
  const deadline = performance.now() + limitMs;
  while (!heard().some(text => isSame(text, wanted))) {
    if (performance.now() > deadline) return { expected: wanted, got: heard().join(' / ') || 'silence' };
    await sleep(hearingPollMs);
  }
  return undefined;
}

/** Whoever writes a scenario need not think of full stops, Chinese commas and spaces. */
function isSame(one: string, other: string): boolean {
  const wordsOf = (text: string) =>
    text
      .split(/[\s,，。.]+/)
      .filter(word => word !== '')
      .join();
  return wordsOf(one) === wordsOf(other);
}

/** The screen after the tap was answered, or without a tap the present one. */
function shot({ result, screen }: Facts, post: PostName, audience: Audience): ScreenShot {
  const taken = result?.[`${audience}Screen`];
  return taken === undefined ? screen(post, audience) : (taken as ScreenShot);
}

/** The first validator that differs; the difference names it if the step is about several. */
async function differing(
  posts: readonly PostName[],
  differenceAt: (post: PostName) => Difference | Promise<Difference>,
): Promise<Difference> {
  for (const post of posts) {
    const difference = await differenceAt(post);
    if (difference === undefined) continue;
    return posts.length === 1 ? difference : { ...difference, got: `${post}: ${difference.got}` };
  }
  return undefined;
}

function lacking(wanted: string | readonly string[], got: string): Difference {
  const missing = missingTexts(asList(wanted), got);
  return missing.length === 0 ? undefined : { expected: missing.join(', '), got };
}

function fieldsDiffer(
  wanted: Readonly<Record<string, number | undefined>>,
  got: (name: string) => number,
): Difference {
  const names = Object.keys(wanted).filter(name => wanted[name] !== undefined && wanted[name] !== got(name));
  if (names.length === 0) return undefined;
  return {
    expected: names.map(name => `${name} ${wanted[name]}`).join(', '),
    got: names.map(name => `${name} ${got(name)}`).join(', '),
  };
}
