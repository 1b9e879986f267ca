/** Finds scenario files: those named, all of a directory, or the shipped ones. */
import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf, WrongUsage } from '../../device/kit/errors.ts';
import { FileProblems } from '../../device/kit/yaml-file.ts';
import type { Scenario } from './format/read-scenario.ts';
import { readScenario } from './format/read-scenario.ts';

/** In the source tree: the compiler does not copy YAML. */
const shipped = fileURLToPath(new URL('../../../sim/scenarios/shipped', import.meta.url));

/** @param paths none for the shipped scenarios. @throws WrongUsage */
export function scenarioFiles(paths: readonly string[]): string[] {
  const given = paths.length === 0 ? [relative('', shipped)] : paths;
  return given.flatMap(path => (isDirectory(path) ? filesIn(path) : [path]));
}

/** @throws FileProblems with all problems of all files */
export function readScenarios(files: readonly string[]): Scenario[] {
  const problems: string[] = [];
  const scenarios = files.flatMap(file => {
    try {
      return [readScenario(file)];
    } catch (error) {
      if (!(error instanceof FileProblems || error instanceof WrongUsage)) throw error;
      problems.push(error.message);
      return [];
    }
  });
  if (problems.length > 0) throw new FileProblems(problems.join('\n'));
  return scenarios;
}

function filesIn(directory: string): string[] {
  const names = readdirSync(directory).filter(name => /\.ya?ml$/.test(name));
  return names.sort().map(name => join(directory, name));
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw new WrongUsage(`${path}: ${messageOf(error)}`);
  }
}
