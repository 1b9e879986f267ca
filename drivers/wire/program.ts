/** Programs of the system: whether one is installed, and how it is started so that it ends with this process. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * @param program a path, or a name
 * @param folders where a name is looked for
 */
export function isProgram(program: string, folders = process.env.PATH ?? ''): boolean {
  if (program.includes('/')) return isExecutable(program);
  return folders.split(delimiter).some(folder => folder !== '' && isExecutable(join(folder, program)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Whether `dyingWithUs` can be used here; every Debian has it. */
export const isSetprivThere = (): boolean => isProgram('setpriv');

/**
 * The command so that the kernel kills it when the thread that started it ends, even by SIGKILL; it keeps its process id.
 * That does not include the processes that the command starts in turn.
 */
export function dyingWithUs(command: readonly string[]): readonly [string, ...string[]] {
  return ['setpriv', '--pdeathsig', 'KILL', '--', ...command];
}
