/** Carries out commands of the bus and keeps one record of them, whoever typed or clicked. */
import { messageOf } from '../../device/kit/errors.ts';
import type { BusEvent } from '../bus/commands/command.ts';
import { stepOf, stepText } from '../scenarios/format/write-scenario.ts';
import type { CommandDone } from './protocol.ts';
import type { Recording } from './recording.ts';
import { TooMany } from './refusals.ts';

export interface CommandRecord {
  /** Never rejects: a refusal is an outcome too. */
  carryOut(line: string): Promise<CommandDone>;
  /** Records what happened without a command. @param line the command that does the same */
  note(line: string, outcome: BusEvent): void;
  /** For a page; limits how many commands run at once. @throws TooMany */
  carryOutForPage(line: string): Promise<CommandDone>;
  /** The last commands, newest last, with long outcomes shortened. */
  recent(): readonly CommandDone[];
  /** Commands that have begun and not ended, oldest first. */
  underWay(): readonly string[];
  onBegun(listener: () => void): void;
  onDone(listener: (done: CommandDone) => void): void;
}

const maxPending = 32;
const maxKept = 50;
const maxOutcomeChars = 2500;

export function createCommandRecord(
  run: (line: string) => Promise<BusEvent>,
  recording: Recording,
): CommandRecord {
  const kept: CommandDone[] = [];
  const listeners = new Set<(done: CommandDone) => void>();
  const begunListeners = new Set<() => void>();
  const begun = new Set<{ readonly line: string }>();
  let lastId = 0;
  let pending = 0;

  /** Runs a command of the panel's own, or of the bus. */
  async function runEither(line: string): Promise<BusEvent> {
    const [name, ...words] = line.trim().split(/\s+/);
    if (name === 'record') return recording.control(words.join(' '));
    const startedAt = performance.now();
    const outcome = await run(line);
    recording.add(line, outcome, startedAt, performance.now());
    return outcome;
  }

  async function carryOut(line: string): Promise<CommandDone> {
    const command = { line };
    begun.add(command);
    for (const listener of begunListeners) listener();
    const outcome = await runEither(line).catch(
      error => ({ event: 'error', message: messageOf(error) }) as const,
    );
    begun.delete(command);
    return keep(line, outcome);
  }

  function keep(line: string, outcome: CommandDone['outcome']): CommandDone {
    const done = { id: ++lastId, at: Date.now(), line, yaml: stepText(stepOf(line)), outcome };
    kept.push({ ...done, outcome: shortened(outcome) });
    if (kept.length > maxKept) kept.shift();
    for (const listener of listeners) listener(done);
    return done;
  }

  return {
    carryOut,
    note(line, outcome) {
      const now = performance.now();
      recording.add(line, outcome, now, now);
      keep(line, outcome);
    },
    async carryOutForPage(line) {
      if (pending >= maxPending) throw new TooMany(`${maxPending} commands are under way`);
      pending++;
      try {
        return await carryOut(line);
      } finally {
        pending--;
      }
    },
    recent: () => kept,
    underWay: () => [...begun].map(({ line }) => line),
    onBegun: listener => void begunListeners.add(listener),
    onDone: listener => void listeners.add(listener),
  };
}

function shortened(outcome: CommandDone['outcome']): CommandDone['outcome'] {
  const isLong = JSON.stringify(outcome).length > maxOutcomeChars;
  return isLong ? { event: outcome.event, shortened: true } : outcome;
}
