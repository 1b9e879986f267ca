/** Runs many scenarios, a few at a time, shuffled by a seed. */
import { createRandom } from '../media/random.ts';
import type { Scenario } from './format/read-scenario.ts';
import { runScenario, type ScenarioResult, type ScenarioSettings } from './run-scenario.ts';

export interface AllSettings extends ScenarioSettings {
  /** Undefined keeps the given order. */
  readonly seed: number | undefined;
  readonly jobs: number;
}

/** @param onResult called as each one ends. @returns all results in starting order */
export async function runAll(
  scenarios: readonly Scenario[],
  settings: AllSettings,
  onResult: (result: ScenarioResult) => void,
): Promise<ScenarioResult[]> {
  const inTurn = settings.seed === undefined ? scenarios : shuffled(scenarios, settings.seed);
  const results: ScenarioResult[] = [];
  let next = 0;
  async function work(): Promise<void> {
    while (!settings.signal.aborted) {
      const index = next++;
      const scenario = inTurn[index];
      if (scenario === undefined) return;
      const result = await runScenario(scenario, settings);
      results[index] = result;
      onResult(result);
    }
  }
  await Promise.all(Array.from({ length: settings.jobs }, work));
  return results;
}

/** Fisher and Yates; the same seed gives the same order. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = createRandom(seed);
  const left = [...items];
  return items.flatMap(() => left.splice(Math.floor(random.next() * left.length), 1));
}
