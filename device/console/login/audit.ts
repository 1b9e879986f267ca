/** What the log says of who did what on the console. No PIN, and no number that could be a passenger's, is in it. */
import type { Log } from '../../kit/log.ts';
import { printable } from '../../kit/printable.ts';
import { createRepetitionFilter } from '../../kit/repetition-filter.ts';
import type { Answered } from '../answer.ts';
import { Refusal } from '../command.ts';
import type { PinTrial, Who } from '../session-control.ts';

export interface Audit {
  command(answered: Answered, who: Who): void;
  login(outcome: PinTrial): void;
  logout(why: 'asked' | 'idle' | 'hung-up'): void;
  transfer(fields: Readonly<Record<string, unknown>>): void;
}

const mostArgumentCharacters = 60;

/** @param session tells sessions of one time apart */
export function createAudit(log: Log, session: string): Audit {
  const unknown = createRepetitionFilter();
  return {
    command({ command, args, result }, who) {
      // What is no command may be anything, as a PIN typed too late; and a modem's daemon repeats it for ever.
      if (command === undefined && !unknown.isNews(who)) return;
      const outcome = result instanceof Refusal ? result.code : 'done';
      const words = argumentsOf(args);
      log.info('console-command', {
        session,
        who,
        command: command?.name ?? null,
        ...(command === undefined || words === '' ? {} : { args: words }),
        outcome,
      });
    },
    login(outcome) {
      log[outcome === 'wrong' ? 'warn' : 'info']('console-login', { session, outcome });
    },
    logout(why) {
      log.info('console-logout', { session, why });
    },
    transfer(fields) {
      log.info('console-transfer', { session, ...fields });
    },
  };
}

function argumentsOf(args: readonly string[]): string {
  const text = printable(args.join(' ')).slice(0, mostArgumentCharacters);
  return text.replace(/[0-9a-f]{6,}/gi, '***');
}
