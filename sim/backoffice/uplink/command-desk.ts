/**
 * Says to connected validators what they have been given to do, and notes what came of it. A command answers the newest hello: one
 * that was lost is said again at the next. But a restart is said once only: its answer may be what was lost.
 */
import { statSync } from 'node:fs';
import type { Bodies } from '../../../sync/uplink/messages.ts';
import { endOf, type GivenCommand, noteCommand, readCommand, readCommands } from './given-commands.ts';
import { uplinkPlaces } from './office-keys.ts';

export interface CommandDesk {
  /** A validator's newest hello. @param id as `idOf` names it */
  greeted(device: string, id: string): void;
  answered(device: string, answer: Bodies['answer']): void;
  /** Looks for new ones; to be called while there is a connection. */
  look(): void;
  /** Another connection: what was said may have been lost with the one before. */
  beginAnew(): void;
}

export interface CommandDeskParts {
  /** The back office's data. */
  readonly directory: string;
  readonly isOnline: (device: string) => boolean;
  readonly say: (device: string, command: Bodies['command']) => void;
  /** Something is wrong with the files: it is tried again. */
  readonly failed: (error: unknown) => void;
  /** Unix milliseconds */
  readonly now: () => number;
}

const settledMs = 1000;

interface Hello {
  readonly id: string;
  readonly heardAt: number;
  readonly said: Set<string>;
}

export function createCommandDesk({ directory, isOnline, say, failed, now }: CommandDeskParts): CommandDesk {
  const hellos = new Map<string, Hello>();
  let stamp: number | undefined;
  let open: readonly GivenCommand[] = [];

  function attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      failed(error);
    }
  }

  /** Whoever gives a command adds a file to the folder. */
  function look(): void {
    const changed = statSync(uplinkPlaces(directory).commands, { throwIfNoEntry: false })?.mtimeMs;
    if (changed === stamp) return;
    // Of two changes in one tick of the file system's clock the second would not be seen.
    stamp = changed === undefined || Date.now() - changed > settledMs ? changed : undefined;
    open = readCommands(directory).filter(({ answer }) => answer === undefined);
    sayAll();
  }

  function sayAll(): void {
    open = open.filter(command => now() < endOf(command));
    for (const command of open) sayOne(command);
  }

  function sayOne(command: GivenCommand): void {
    const { id, device, name } = command;
    const hello = hellos.get(device);
    if (hello === undefined || hello.said.has(id) || !isOnline(device)) return;
    if (name === 'restart' && command.saidAt !== undefined) return;
    hello.said.add(id);
    // By the validator's stopwatch from its hello on; that the hello took a while makes it shorter.
    const withinS = Math.ceil((endOf(command) - hello.heardAt) / 1000);
    note({ ...command, saidAt: command.saidAt ?? now() });
    say(device, { answers: hello.id, id, name, withinS: Math.min(withinS, 86_400) });
  }

  function note(command: GivenCommand): void {
    noteCommand(directory, command);
    open = open.map(each => (each.id === command.id ? command : each));
  }

  function answered(device: string, { id, outcome, text }: Bodies['answer']): void {
    const command = readCommand(directory, id);
    if (command?.device !== device || command.answer !== undefined) return;
    noteCommand(directory, { ...command, answer: { outcome, text, at: now() } });
    open = open.filter(each => each.id !== id);
  }

  return {
    look: () => attempt(look),
    beginAnew() {
      for (const { said } of hellos.values()) said.clear();
      stamp = undefined;
    },
    greeted(device, id) {
      if (hellos.get(device)?.id === id) return;
      hellos.set(device, { id, heardAt: now(), said: new Set() });
      attempt(sayAll);
    },
    answered: (device, answer) => attempt(() => answered(device, answer)),
  };
}
