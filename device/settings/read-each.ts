/** Reads several settings files, so that the problems of all of them are told at once. */
import { DeviceError } from '../errors.ts';
import { FileProblems } from './yaml-file.ts';

/** @throws FileProblems with what is wrong with any of them, a line each */
export function readEach<T extends Readonly<Record<string, () => unknown>>>(
  reads: T,
): { readonly [K in keyof T]: ReturnType<T[K]> } {
  const problems: string[] = [];
  const values = Object.entries(reads).map(([name, read]) => {
    try {
      return [name, read()];
    } catch (error) {
      if (!isUnusable(error)) throw error;
      problems.push(error.message);
      return [];
    }
  });
  if (problems.length > 0) throw new FileProblems(problems.join('\n'));
  return Object.fromEntries(values);
}

/** Whether this is a mistake in the settings, and not in the program. */
export function isUnusable(error: unknown): error is FileProblems | DeviceError {
  return error instanceof FileProblems || (error instanceof DeviceError && error.kind === 'config');
}
