/** Runs one step of a scenario: its command, then its expectations, which may take the time that the step allows. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Audience } from '../../device/core/screen.ts';
import { messageOf, WrongUsage } from '../../device/kit/errors.ts';
import { countRows } from '../backoffice/journal-counts.ts';
import { rowsOfJournal } from '../backoffice/journal-rows.ts';
import type { Bus } from '../bus/bus.ts';
import type { BusEvent } from '../bus/commands/command.ts';
import { typeOnConsole } from '../bus/console.ts';
import type { LogLine } from '../bus/firmware-process.ts';
import { purseOf } from '../bus/purses.ts';
import type { PostName } from '../bus/validator-post.ts';
import { postNames } from '../bus/validator-post.ts';
import { type Facts, isOfNothing, type Mismatch, mismatches } from './expectations.ts';
import type { Step } from './format/read-scenario.ts';
import type { Expectation } from './format/schema.ts';

export interface RunningBus {
  readonly bus: Bus;
  /** Carries out a command. @throws WrongUsage */
  run(command: string): Promise<BusEvent>;
  /** Prompts that have begun since the last command, each with its validator. */
  readonly heard: { readonly post: PostName; readonly audience: Audience; readonly text: string }[];
  /** Log lines since the last command, each with its validator. */
  readonly log: { readonly post: PostName; readonly line: LogLine }[];
}

export const pollMs = 200;
const hearingMs = 20_000;
/** For so long what is expected not to happen must not. */
const nothingS = 2;

/** @throws WrongUsage if the command is refused and the step does not expect it */
export async function runStep(step: Step, running: RunningBus, signal: AbortSignal): Promise<Mismatch[]> {
  if (step.command !== undefined) {
    running.log.length = 0;
    running.heard.length = 0;
  }
  const { command, expect } = step;
  const begun: Begun = { log: 0, heard: 0 };
  const beginHere = () => Object.assign(begun, { log: running.log.length, heard: running.heard.length });
  beginHere();
  const outcome = command === undefined ? {} : await outcomeOf(() => running.run(command));
  const { refusal } = outcome;
  if (refusal !== undefined && expect.error === undefined) throw new WrongUsage(refusal);
  const facts = factsOf(step, outcome, running, begun);
  return lookUntil(() => mismatches(expect, facts), expect, signal, beginHere);
}

/**
 * Looks again and again until it is so, and has stayed so, as long as the expectation allows.
 * @param again called when it was not so, and may be yet
 */
async function lookUntil(
  look: () => Promise<Mismatch[]>,
  expect: Expectation,
  signal: AbortSignal,
  again: () => void,
): Promise<Mismatch[]> {
  const staysMs = 1000 * (expect.for ?? (isOfNothing(expect) ? nothingS : 0));
  const deadline = performance.now() + 1000 * (expect.within ?? 0);
  let soSince: number | undefined;
  while (true) {
    const found = await look();
    const now = performance.now();
    const isSo = found.length === 0;
    soSince = isSo ? (soSince ?? now) : undefined;
    const isEnough = soSince === undefined ? now >= deadline : now - soSince >= staysMs;
    if (isEnough || signal.aborted) return found;
    if (!isSo) again();
    await sleep(pollMs);
  }
}

interface Outcome {
  readonly result?: BusEvent;
  readonly refusal?: string;
}

async function outcomeOf(run: () => Promise<BusEvent>): Promise<Outcome> {
  try {
    return { result: await run() };
  } catch (error) {
    if (!(error instanceof WrongUsage)) throw error;
    return { refusal: messageOf(error) };
  }
}

/** How much was there when the step began. */
interface Begun {
  log: number;
  heard: number;
}

function factsOf(
  step: Step,
  { result, refusal }: Outcome,
  { bus, log, heard }: RunningBus,
  begun: Readonly<Begun>,
): Facts {
  const posts = postsOf(step);
  const linesOf = (lines: RunningBus['log']) =>
    lines.filter(({ post }) => posts.includes(post)).map(({ line }) => line);
  const textsOf = (prompts: RunningBus['heard'], post: PostName, audience: Audience) =>
    prompts.filter(each => each.post === post && each.audience === audience).map(({ text }) => text);
  return {
    result,
    refusal,
    posts,
    log: () => linesOf(log),
    heard: (post, audience) => textsOf(heard, post, audience),
    since: {
      log: () => linesOf(log.slice(begun.log)),
      heard: (post, audience) => textsOf(heard.slice(begun.heard), post, audience),
    },
    hearingMs,
    screen: bus.screen,
    purse: passenger => purseOf(bus.cardOf(passenger)),
    console: (post, command) => typeOnConsole(bus.posts[post].consolePort, command),
    journal: async post => countRows(await rowsOfJournal(bus.posts[post].journal, bus.office.opening)),
  };
}

/** The validator that `at` names, else the one in the command, else both. */
function postsOf({ command = '', expect }: Step): readonly PostName[] {
  if (expect.at !== undefined) return [expect.at];
  const [, first] = command.split(' ');
  const named = postNames.find(post => post === first);
  return named === undefined ? postNames : [named];
}
