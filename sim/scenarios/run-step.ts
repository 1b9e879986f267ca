/** Runs one step of a scenario: its command, then its expectations, which may take the time that the step allows. */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, WrongUsage } from '../../device/kit/errors.ts';
import { countJournal } from '../backoffice/journal-counts.ts';
import type { Bus } from '../bus/bus.ts';
import type { BusEvent } from '../bus/commands/command.ts';
import { typeOnConsole } from '../bus/console.ts';
import type { LogLine } from '../bus/firmware-process.ts';
import type { Audience } from '../bus/screens.ts';
import type { PostName } from '../bus/validator-post.ts';
import { postNames } from '../bus/validator-post.ts';
import { type Facts, type Mismatch, mismatches } from './expectations.ts';
import type { Step } from './format/read-scenario.ts';

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

/** @throws WrongUsage if the command is refused and the step does not expect it */
export async function runStep(step: Step, running: RunningBus, signal: AbortSignal): Promise<Mismatch[]> {
  if (step.command !== undefined) {
    running.log.length = 0;
    running.heard.length = 0;
  }
  const { command } = step;
  const outcome = command === undefined ? {} : await outcomeOf(() => running.run(command));
  const { refusal } = outcome;
  if (refusal !== undefined && step.expect.error === undefined) throw new WrongUsage(refusal);
  const facts = factsOf(step, outcome, running);
  const deadline = performance.now() + (step.expect.within ?? 0) * 1000;
  while (true) {
    const found = await mismatches(step.expect, facts);
    if (found.length === 0 || performance.now() >= deadline || signal.aborted) return found;
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

function factsOf(step: Step, { result, refusal }: Outcome, { bus, log, heard }: RunningBus): Facts {
  const posts = postsOf(step);
  return {
    result,
    refusal,
    posts,
    log: () => log.filter(({ post }) => posts.includes(post)).map(({ line }) => line),
    heard: (post, audience) =>
      heard.filter(each => each.post === post && each.audience === audience).map(({ text }) => text),
    hearingMs,
    screen: bus.screen,
    console: (post, command) => typeOnConsole(bus.posts[post].consolePort, command),
    journal: post => countJournal(bus.posts[post].journal),
  };
}

/** The validator that `at` names, else the one in the command, else both. */
function postsOf({ command = '', expect }: Step): readonly PostName[] {
  if (expect.at !== undefined) return [expect.at];
  const [, first] = command.split(' ');
  const named = postNames.find(post => post === first);
  return named === undefined ? postNames : [named];
}
