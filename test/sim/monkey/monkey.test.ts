/** The monkey on real buses: in peace with the project, and never with an oracle that knows one rule wrongly. */
import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { commandUsages } from '../../../sim/bus/commands.ts';
import { type MonkeyEvent, runMonkey } from '../../../sim/monkey/monkey.ts';
import { type Rules, usualRules } from '../../../sim/monkey/oracle-rules.ts';
import { suite } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

const commands = new Set(commandUsages.map(({ name }) => name));
const limitMs = 240_000;

/** Takes yellow for green. */
const wrongRules: Rules = facts =>
  usualRules({ ...facts, health: facts.health === 'yellow' ? 'green' : facts.health });

suite('monkey', test => {
  test(
    'a short run is peaceful, and has done something',
    async context => {
      const told: MonkeyEvent[] = [];
      const directory = temporaryDirectory(context);
      const options = { minutes: 0.3, shrinkMinutes: 1, seed: 20220523, directory, commands };
      const found = await runMonkey(options, event => told.push(event));
      assert.is(found, undefined, JSON.stringify(told));
      const [chapter] = told;
      assert.ok(Number(chapter?.actions) > 5, JSON.stringify(chapter));
    },
    limitMs,
  );

  test(
    'one rule that is wrong is found, and shown in a few steps',
    async context => {
      const told: MonkeyEvent[] = [];
      const directory = temporaryDirectory(context);
      const options = { minutes: 2, shrinkMinutes: 1, seed: 7, directory, commands, rules: wrongRules };
      const found = await runMonkey(options, event => told.push(event));
      assert.is(found?.disagreement.kind, 'verdict abnormal', JSON.stringify(told));
      const { given, steps } = parse(readFileSync(String(found?.scenario), 'utf8'));
      assert.ok(steps.length <= 4, JSON.stringify(steps));
      assert.ok(given.passengers.length <= 4);
      const [expectation] = steps.flatMap((step: { expect?: unknown }) => step.expect ?? []);
      assert.equal(expectation, { verdict: 'pass' });
    },
    limitMs,
  );
});
