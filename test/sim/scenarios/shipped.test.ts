import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { verdicts } from '../../../device/core/verdict-names.ts';
import { readScenarios, scenarioFiles } from '../../../sim/scenarios/find-files.ts';
import { scenarioJsonSchema } from '../../../sim/scenarios/format/schema.ts';
import { cardFaults } from '../../../sim/wires/card-faults.ts';
import { suite } from '../../harness.ts';

const schemaFile = fileURLToPath(new URL('../../../../docs/scenario.schema.json', import.meta.url));

suite('the scenarios that come with the simulator', test => {
  const shipped = scenarioFiles([]);
  const files = [...shipped, ...scenarioFiles([join(dirname(shipped[0] ?? ''), '../slow')])];
  const scenarios = readScenarios(files);
  const commands = scenarios.flatMap(({ steps }) => steps.flatMap(({ command }) => command ?? []));

  test('each is well-formed, has a name of its own, and begins with its schema', () => {
    assert.ok(files.length >= 40, String(files.length));
    assert.is(new Set(scenarios.map(({ name }) => name)).size, files.length);
    for (const file of files) {
      const [first] = readFileSync(file, 'utf8').split('\n');
      assert.is(first, '# yaml-language-server: $schema=../../../docs/scenario.schema.json', file);
    }
  });

  test('every verdict and every way a card can fail is in one', () => {
    const expected = new Set(scenarios.flatMap(({ steps }) => steps.map(({ expect }) => expect.verdict)));
    for (const verdict of verdicts) assert.ok(expected.has(verdict), verdict);
    for (const fault of Object.keys(cardFaults)) {
      assert.ok(
        commands.some(command => command.startsWith('tap') && command.endsWith(` ${fault}`)),
        fault,
      );
    }
    for (const day of ['05-18', '05-19', '05-22', '05-23', '05-31', '06-01']) {
      assert.ok(
        files.some(file => basename(file).startsWith(`2022-${day}`)),
        day,
      );
    }
  });

  test('docs/scenario.schema.json is what `scenario schema` prints', () => {
    assert.is(
      readFileSync(schemaFile, 'utf8'),
      scenarioJsonSchema(),
      'node build/sim/main.js scenario schema > docs/scenario.schema.json',
    );
  });
});
