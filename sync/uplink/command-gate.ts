/**
 * Which command of the back office is still to be done: one that answers a hello of this connection, in time, and once. It needs no
 * clock that is right and no memory over a restart: whoever repeats a command later answers a hello that nobody waits for.
 */
import type { CommandOutcome } from '../../device/core/office-commands.ts';
import { type Clock, monotonic } from '../../device/kit/time.ts';
import type { Bodies } from './messages.ts';

export interface CommandGate {
  /** Another connection: what answers hellos of earlier ones comes too late. */
  beginAnew(): void;
  /** @param hello as `idOf` names it; to be called before it is said */
  greet(hello: string): void;
  /** @returns what came of it, where it has been done before and only the answer was lost; undefined for nothing to do */
  hear(command: Bodies['command']): 'to do' | CommandOutcome | undefined;
  settle(id: string, outcome: CommandOutcome): void;
}

/** An answer to the one before may still be on its way. */
const openHellos = 2;
/** Only the back office can add to them, and in the life of a hello it does not give so many. */
const rememberedCommands = 200;

export function createCommandGate(age: Clock = monotonic): CommandGate {
  let hellos: readonly { readonly id: string; readonly saidAt: number }[] = [];
  const known = new Map<string, CommandOutcome | undefined>();
  return {
    beginAnew() {
      hellos = [];
    },
    greet(id) {
      hellos = [...hellos, { id, saidAt: age() }].slice(-openHellos);
    },
    hear({ answers, id, withinS }) {
      const hello = hellos.find(each => each.id === answers);
      if (hello === undefined || age() - hello.saidAt > withinS * 1000) return undefined;
      if (known.has(id)) return known.get(id);
      if (known.size >= rememberedCommands) known.delete(known.keys().next().value ?? '');
      known.set(id, undefined);
      return 'to do';
    },
    settle(id, outcome) {
      if (known.has(id)) known.set(id, outcome);
    },
  };
}
