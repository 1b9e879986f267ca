/** What the self-test asks: the disk, the journal, the link cache, the cryptography, every part with a wire, the clock, the network. */
import { constants } from 'node:fs';
import { open, readFile, rm, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readTemperatures } from '../counters/temperature.ts';
import type { LinkStore } from '../data-ports.ts';
import type { FeedState } from '../feed/feed-watch.ts';
import type { JournalClerk } from '../journal/clerk.ts';
import type { JournalGuard } from '../journal/journal-guard.ts';
import { type FarEnd, reach } from '../network/network.ts';
import type { Parts } from '../parts.ts';
import { selectSm2 } from '../sm2/select.ts';
import type { ValidatorClock } from '../time-and-place/clock.ts';
import type { WatchedUplink } from '../uplink/uplink-watch.ts';
import { NotThere, type Step } from './selftest.ts';

export interface StepParts {
  /** The journal's path. */
  readonly file: string;
  readonly journal: Pick<JournalGuard, 'current'>;
  readonly clerk: Pick<JournalClerk, 'verify'>;
  readonly links: Pick<LinkStore, 'tokenOf' | 'find' | 'verify'>;
  readonly parts: Pick<Parts, 'list'>;
  readonly time: Pick<ValidatorClock, 'state'>;
  readonly feed: { state(): FeedState } | undefined;
  readonly uplink: Pick<WatchedUplink, 'state'> | undefined;
  readonly farEnds: readonly FarEnd[];
}

const shortMs = 10_000;
const longMs = 1_800_000;
const reachMs = 5000;

/** Parts come and go: to be asked for each run. */
export function stepsOf(about: StepParts): Step[] {
  return [
    { name: 'storage', limitMs: shortMs, run: () => writeAndRead(`${about.file}-probe`) },
    { name: 'space', limitMs: shortMs, run: () => space(dirname(about.file)) },
    { name: 'memory', limitMs: shortMs, run: () => memory() },
    { name: 'temperature', limitMs: shortMs, run: () => temperature() },
    { name: 'journal', limitMs: shortMs, run: () => journalTakesRows(about) },
    { name: 'journal rows', limitMs: longMs, run: signal => journalRows(about, signal) },
    { name: 'link look-up', limitMs: shortMs, run: () => lookUp(about) },
    { name: 'link cache', limitMs: longMs, run: signal => linkCache(about, signal) },
    { name: 'sm2', limitMs: shortMs, run: async () => `${(await selectSm2()).engine}` },
    { name: 'clock', limitMs: shortMs, run: () => clock(about) },
    ...about.parts.list().filter(isAsked).map(partStep),
    { name: 'feed', limitMs: shortMs, run: () => feedAnswers(about) },
    { name: 'uplink', limitMs: shortMs, run: () => uplinkAnswers(about) },
    ...about.farEnds.map(reachStep),
  ];
}

type Part = ReturnType<Parts['list']>[number];

/** They have steps of their own; those without a wire are told where they are wrong. */
const askedOtherwise: readonly Part['kind'][] = ['journal', 'links', 'clock', 'feed', 'uplink'];

function isAsked({ kind }: Part): boolean {
  return !askedOtherwise.includes(kind);
}

function partStep({ kind, name, working, problem, alarm }: Part): Step {
  return {
    name: `${kind} ${name}`,
    limitMs: shortMs,
    run() {
      if (!working) throw new Error([alarm, problem].filter(Boolean).join(': '));
      return 'works';
    },
  };
}

function reachStep(end: FarEnd): Step {
  return {
    name: `reach ${end.what}`,
    limitMs: 2 * reachMs,
    async run(signal) {
      const { reached, detail, tookMs } = await reach(end, reachMs, signal);
      if (!reached) throw new Error(detail);
      return `${detail} in ${tookMs} ms`;
    },
  };
}

/** Beside the journal, on its disk. */
async function writeAndRead(path: string): Promise<string> {
  const startedAt = performance.now();
  const written = Buffer.from(`${process.pid} ${Date.now()}`);
  try {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
    const handle = await open(path, flags, 0o600);
    try {
      await handle.write(written, 0, written.length, 0);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (!written.equals(await readFile(path))) throw new Error('what was written reads otherwise');
    return `written, synced and read in ${Math.round(performance.now() - startedAt)} ms`;
  } finally {
    await rm(path, { force: true });
  }
}

const mib = 1024 * 1024;
const leastSpaceMib = 32;
const leastMemoryMib = 16;
const mostCelsius = 95;

async function space(directory: string): Promise<string> {
  const { bavail, bsize, blocks } = await statfs(directory);
  const [free, all] = [bavail, blocks].map(count => Math.floor((count * bsize) / mib));
  if ((free ?? 0) < leastSpaceMib) throw new Error(`${free} of ${all} MiB free`);
  return `${free} of ${all} MiB free`;
}

async function memory(): Promise<string> {
  const [, kib] = /^MemAvailable:\s+(\d+) kB$/m.exec(await readFile('/proc/meminfo', 'utf8')) ?? [];
  const free = Math.floor(Number(kib) / 1024);
  const used = Math.round(process.memoryUsage.rss() / mib);
  if (free < leastMemoryMib) throw new Error(`${free} MiB available`);
  return `${free} MiB available, ${used} MiB used by the firmware`;
}

async function temperature(): Promise<string | NotThere> {
  const zones = await readTemperatures();
  if (zones.length === 0) return new NotThere('no sensor');
  const texts = zones.map(({ zone, celsius }) => `${zone} ${celsius.toFixed(0)} °C`);
  if (zones.some(({ celsius }) => celsius >= mostCelsius)) throw new Error(texts.join(', '));
  return texts.join(', ');
}

function journalTakesRows({ journal, parts }: StepParts): string {
  const current = journal.current();
  const problem = parts.list().find(({ kind }) => kind === 'journal')?.problem;
  if (current === undefined) throw new Error(problem ?? 'takes no rows');
  if (current.warning !== undefined) throw new Error(current.warning);
  return `takes rows, last seq ${current.lastSeq}`;
}

async function journalRows({ clerk, uplink }: StepParts, signal: AbortSignal): Promise<string> {
  const acknowledged = () => uplink?.state().progress?.acknowledged ?? 0;
  const { rows, sealed, missing, problems } = await clerk.verify(acknowledged, signal);
  const gaps = missing.map(({ first, last }) => `rows ${first} to ${last} are missing`);
  const wrong = [...problems, ...gaps];
  if (wrong.length > 0) throw new Error(wrong.join('; '));
  return `${rows} rows, ${sealed} of them sealed`;
}

/** Of nobody's medium. */
function lookUp({ links }: StepParts): string {
  const startedAt = performance.now();
  const link = links.find(links.tokenOf('t-union', '0'.repeat(19)));
  if ('unavailable' in link) throw new Error(link.unavailable);
  return `answered in ${(performance.now() - startedAt).toFixed(1)} ms`;
}

async function linkCache({ links }: StepParts, signal: AbortSignal): Promise<string | NotThere> {
  const verified = await links.verify(signal);
  if (verified === undefined) return new NotThere('no generation is in use');
  if (verified.damage !== undefined) throw new Error(`${verified.generation}: ${verified.damage}`);
  return `${verified.generation} holds what was announced`;
}

function clock({ time }: StepParts): string {
  const { plausible, problem, source } = time.state();
  if (!plausible || problem !== undefined) throw new Error(problem ?? 'not believed');
  return `by ${source}`;
}

function feedAnswers({ feed }: StepParts): string | NotThere {
  if (feed === undefined) return new NotThere('not configured');
  const { problem, lastSuccess } = feed.state();
  if (problem !== undefined) throw new Error(problem.text);
  return lastSuccess === undefined ? 'not yet answered' : `version ${lastSuccess.version}`;
}

function uplinkAnswers({ uplink }: StepParts): string | NotThere {
  if (uplink === undefined) return new NotThere('not configured');
  const { problem, answeredAt } = uplink.state();
  if (problem !== undefined) throw new Error(problem.text);
  return answeredAt === undefined ? 'not yet answered' : 'works';
}
