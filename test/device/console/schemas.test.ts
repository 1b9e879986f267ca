/** docs/formats/console/ against the commands: whoever changes an answer changes its schema. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { commands } from '../../../device/console/commands/commands.ts';
import { schemaFiles } from '../../../device/console/schemas.ts';
import { suite } from '../../harness.ts';

const folder = fileURLToPath(new URL('../../../../docs/formats/console', import.meta.url));
const howTo = 'node build/device/main.js console-schemas docs/formats/console';

suite('console: schemas', test => {
  test('each command has its file, as it is now', () => {
    const files = schemaFiles();
    assert.equal(readdirSync(folder).sort(), [...files.keys()].sort(), howTo);
    const old = [...files].filter(([name, text]) => readFileSync(join(folder, name), 'utf8') !== text);
    assert.equal(
      old.map(([name]) => name),
      [],
      howTo,
    );
  });

  test('every answer can be told from a refusal, and names its command', () => {
    assert.ok(commands.length > 15);
    for (const { name } of commands) {
      const { anyOf } = JSON.parse(readFileSync(join(folder, `${name}.schema.json`), 'utf8'));
      assert.is(anyOf[0].properties.ok.const, true, name);
      assert.is(anyOf[0].properties.command.const, name);
      assert.ok(anyOf[0].properties.data, name);
      assert.is(anyOf[1].properties.ok.const, false, name);
    }
  });

  test('every command has help in both languages, an example that begins with its name, and one name', () => {
    const names = commands.map(({ name }) => name);
    assert.is(new Set(names).size, names.length);
    for (const { name, help, example } of commands) {
      assert.match(example, new RegExp(`^${name}\\b`));
      assert.match(help.zh, /[\u4e00-\u9fff]/, name);
      assert.match(help.en, /^[\x20-\x7e]+$/, name);
    }
  });
});
