/**
 * A command whose process ends with ours, also when we are killed outright: setpriv (util-linux, on every Debian) has the kernel
 * kill it when the thread that started it ends. That goes for the command itself, not for those it starts in turn.
 */
import { isProgram } from './is-program.ts';

export const isSetprivThere = (): boolean => isProgram('setpriv');

/** The command; it keeps its process id. */
export function dyingWithUs(command: readonly string[]): readonly [string, ...string[]] {
  return ['setpriv', '--pdeathsig', 'KILL', '--', ...command];
}
