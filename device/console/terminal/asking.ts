/** A question in the middle of a command: the next line is its answer and no command. */
import type { Terminal } from './terminal.ts';

export interface Asking {
  /** @returns undefined where it was cancelled */
  ask(question: string, hidden: 'hidden' | undefined): Promise<string | undefined>;
  isOpen(): boolean;
  /** @param line undefined to cancel */
  reply(line: string | undefined): void;
}

export function createAsking(terminal: Pick<Terminal, 'prompt' | 'hide' | 'discard'>): Asking {
  let asked: ((line: string | undefined) => void) | undefined;
  return {
    isOpen: () => asked !== undefined,
    async ask(question, hidden) {
      terminal.prompt(question);
      if (hidden) terminal.hide('characters');
      const line = await new Promise<string | undefined>(resolve => {
        asked = resolve;
      });
      // What was begun must not come to light with the next prompt.
      if (line === undefined) terminal.discard();
      terminal.hide('nothing');
      return line;
    },
    reply(line) {
      const waiting = asked;
      asked = undefined;
      waiting?.(line);
    },
  };
}
