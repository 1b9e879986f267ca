/** The scenario files a tester means: files as they are named, all of a directory, or the shipped ones. */
import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../../device/errors.ts';
import { FileProblems } from '../../device/settings/yaml-file.ts';
import { WrongUsage } from '../wrong-usage.ts';
import { readScenario } from './read-scenario.ts';
import type { Scenario } from './scenario.ts';

/** They are not compiled, and stay where they are. */
const shipped = fileURLToPath(new URL('../../../sim/scenarios/shipped', import.meta.url));

/** @param paths none for the shipped scenarios. @throws WrongUsage */
export function scenarioFiles(paths: readonly string[]): string[] {
  const given = paths.length === 0 ? [relative('', shipped)] : paths;
  return given.flatMap(path => (isDirectory(path) ? filesIn(path) : [path]));
}

/** @throws FileProblems, all of all files */
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
