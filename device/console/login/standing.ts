/** Whether a session is a technician's, from the log-in to the log-out; it ends by itself when nothing is typed for long. */
import { createWatchdog } from '../../kit/time.ts';
import { type Command, Refusal } from '../command.ts';
import type { Who } from '../session-control.ts';
import type { Audit } from './audit.ts';

export interface Standing {
  who(): Who;
  /** @returns why a command may not be run; undefined where it may */
  refuses(command: Command): Refusal | undefined;
  loggedIn(): void;
  logOut(why: 'asked' | 'hung-up'): void;
  /** Something was typed. */
  stirred(): void;
}

export interface StandingParts {
  /** Nobody need log in. */
  readonly isOpen: boolean;
  readonly audit: Audit;
  readonly idleMs: number;
  /** While a command works nobody need type. */
  isBusy(): boolean;
  /** It has been logged out, for nothing was typed. */
  idle(): void;
}

export function createStanding({ isOpen, audit, idleMs, isBusy, idle }: StandingParts): Standing {
  let isTechnician = false;
  const watchdog = createWatchdog(idleMs, () => {
    if (isBusy()) watchdog.restart();
    else if (end('idle')) idle();
  });

  function end(why: 'asked' | 'idle' | 'hung-up'): boolean {
    watchdog.stop();
    if (!isTechnician) return false;
    isTechnician = false;
    audit.logout(why);
    return true;
  }

  function who(): Who {
    if (isOpen) return 'open';
    return isTechnician ? 'technician' : 'anyone';
  }

  return {
    who,
    refuses({ name, access }) {
      if (access === 'anyone' || who() !== 'anyone') return undefined;
      return new Refusal(
        'login-needed',
        `${name} is for technicians: type login first`,
        `${name} 仅限维护人员：请先输入 login`,
      );
    },
    loggedIn() {
      isTechnician = true;
      watchdog.restart();
    },
    logOut: end,
    stirred() {
      if (isTechnician) watchdog.restart();
    },
  };
}
