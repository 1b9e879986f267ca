/** The monkey on real buses: in peace with the project, and never with an oracle that knows one rule wrongly. */
import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { createRandom } from '../../../sim/media/random.ts';
import { createActions } from '../../../sim/monkey/actions.ts';
import { runChapter } from '../../../sim/monkey/chapter.ts';
import { createMemoryWatch } from '../../../sim/monkey/memory-watch.ts';
import { type MonkeyEvent, runMonkey } from '../../../sim/monkey/monkey.ts';
import { type Rules, usualRules } from '../../../sim/monkey/oracle-rules.ts';
import { monkeyPassengers } from '../../../sim/monkey/passenger-list.ts';
import { readScenario } from '../../../sim/scenarios/format/read-scenario.ts';
import { suite } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

const abnormal = ['yellow', 'red', 'popup'];
/** Takes abnormal codes for green. */
const wrongRules: Rules = facts =>
  usualRules({ ...facts, health: abnormal.includes(facts.health) ? 'green' : facts.health });

suite('monkey', test => {
  test('forty actions are peaceful', async context => {
    const random = createRandom(2022);
    const passengers = monkeyPassengers(random);
    const next = createActions(random, passengers);
    const start = { phase: 'enforced', line: '2', passengers } as const;
    const options = {
      directory: temporaryDirectory(context),
      start,
      rules: usualRules,
      memory: createMemoryWatch(),
    };
    const end = await runChapter(options, Array.from({ length: 40 }, next));
    assert.is(end.disagreement, undefined, JSON.stringify(end));
    assert.is(end.actions.length, 40);
    assert.ok(Object.values(end.taps).reduce((sum, count) => sum + count) > 15, JSON.stringify(end.taps));
  });

  test('one rule that is wrong is found, and shown in a few steps', async context => {
    const told: MonkeyEvent[] = [];
    const directory = temporaryDirectory(context);
    const options = { minutes: 60, shrinkMinutes: 60, seed: 7, directory, rules: wrongRules };
    const found = await runMonkey(options, event => told.push(event));
    assert.is(found?.disagreement.kind, 'verdict abnormal', JSON.stringify(told));
    const file = String(found?.scenario);
    assert.ok(readScenario(file).steps.length > 0);
    const { given, steps } = parse(readFileSync(file, 'utf8'));
    assert.ok(steps.length <= 4, JSON.stringify(steps));
    assert.ok(given.passengers.length <= 4);
    const [expectation] = steps.flatMap((step: { expect?: unknown }) => step.expect ?? []);
    assert.equal(expectation, { verdict: 'pass' });
  });
});
