/** Collects what is to be mended, each once, with the file that it is about. */
import type { DeviceError } from '../kit/errors.ts';
import type { FileProblem, FileProblems } from '../kit/yaml-file.ts';
import { eachOf, isUnusable } from '../settings/settings.ts';
import type { Finding } from './report.ts';

export interface Findings {
  readonly problems: readonly Finding[];
  readonly warnings: readonly Finding[];
  problem(message: string, file?: string): void;
  warning(message: string, file?: string): void;
  /** What a start would refuse. */
  refused(error: FileProblems | DeviceError): void;
  /** @returns undefined where what it throws is a mistake in the settings: that is noted then */
  attempt<T>(read: () => T): T | undefined;
  attemptSoon<T>(read: () => Promise<T>): Promise<T | undefined>;
  /** Paths that may stand in words: the file of a problem that names one. */
  name(...files: readonly string[]): void;
}

export function createFindings(): Findings {
  const problems: Finding[] = [];
  const warnings: Finding[] = [];
  const named: string[] = [];

  function located({ file, place, message }: FileProblem): Finding {
    const about = file ?? longest(named.filter(path => message.includes(path)));
    const rest =
      about !== undefined && message.startsWith(`${about}: `) ? message.slice(about.length + 2) : message;
    return { ...(about !== undefined && { file: about }), ...place, message: rest };
  }

  function add(to: Finding[], found: Finding): void {
    if (!to.some(other => other.file === found.file && other.message === found.message)) to.push(found);
  }

  function note(error: unknown): undefined {
    if (!isUnusable(error)) throw error;
    findings.refused(error);
  }

  const findings: Findings = {
    problems,
    warnings,
    problem: (message, file) => add(problems, located({ message, ...(file !== undefined && { file }) })),
    warning: (message, file) => add(warnings, located({ message, ...(file !== undefined && { file }) })),
    refused(error) {
      for (const each of eachOf(error)) add(problems, located(each));
    },
    attempt(read) {
      try {
        return read();
      } catch (error) {
        return note(error);
      }
    },
    attemptSoon: read => read().catch(note),
    name: (...files) => void named.push(...files),
  };
  return findings;
}

function longest(paths: readonly string[]): string | undefined {
  return paths.toSorted((a, b) => b.length - a.length)[0];
}
