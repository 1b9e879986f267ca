/** Writes a scenario file from commands as they were typed: a recording, or what reproduces a failure. */
import { stringify } from 'yaml';
import type { Expectation, GivenText } from './schema.ts';

export interface WrittenStep {
  /** As it is typed on the bus. */
  readonly command?: string;
  readonly expect?: Expectation;
}

export function writeScenario(name: string, given: GivenText, steps: readonly WrittenStep[]): string {
  return stringify({ name, given, steps: steps.map(toYaml) }, { lineWidth: 0 });
}

/** One command as a step: `- tap: front wang`. */
export function writeStep(step: WrittenStep): string {
  return stringify([toYaml(step)], { lineWidth: 0 });
}

function toYaml({ command, expect }: WrittenStep) {
  const [name = '', ...words] = (command ?? '').trim().split(/\s+/);
  return {
    ...(name !== '' && { [name]: words.length === 0 ? null : words.join(' ') }),
    ...(expect !== undefined && { expect }),
  };
}
