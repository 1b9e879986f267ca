/** What the monkey did as a scenario file that a tester can run again. */
import { stepOf, scenarioText as writeScenario } from '../scenarios/write-scenario.ts';
import type { Action } from './actions.ts';
import type { Disagreement } from './disagreement.ts';
import type { WorldStart } from './oracle-world.ts';

/** @param title what the scenario is called */
export function scenarioText(
  title: string,
  { line, phase, passengers }: WorldStart,
  actions: readonly Action[],
  { kind, expected, got, expect, command }: Disagreement,
): string {
  const commands = actions.flat();
  const last = commands.lastIndexOf(command ?? '');
  const steps = commands.map((text, i) => ({
    ...stepOf(text),
    ...(i === last && expect !== undefined && { expect }),
  }));
  const together = actions.filter(action => action.length > 1).map(action => action.join(' + '));
  const comments = [
    `${kind}: expected ${expected}`,
    `got ${got}`,
    ...together.map(pair => `at the same moment: ${pair}`),
  ];
  const head = comments.flatMap(text => text.split('\n')).map(text => `# ${text}\n`);
  return `${head.join('')}${writeScenario({ name: title, line, phase, passengers }, steps)}`;
}
