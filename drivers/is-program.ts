/** Whether a program is there to be started. */
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
