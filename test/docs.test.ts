/** The pages against the code: links lead somewhere, tables name every setting and command, the examples work. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { commands as consoleCommands } from '../device/console/commands/commands.ts';
import { configSchema, readConfig } from '../device/settings/config.ts';
import { commandUsages } from '../sim/bus/commands/commands.ts';
import { readPassengers } from '../sim/bus/passengers.ts';
import { readScenario } from '../sim/scenarios/format/read-scenario.ts';
import { suite } from './harness.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (page: string) => readFileSync(join(root, page), 'utf8');
const pages = [
  ...readdirSync(root).filter(name => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.md'))
    .map(name => join('docs', name)),
];

/** Keys at every depth of a JSON Schema. */
function keysOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) =>
    key === 'properties' ? [...Object.keys(value), ...keysOf(Object.values(value))] : keysOf(value),
  );
}

/** The literals that a `driver` may be, at every depth of a JSON Schema. */
function driversOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) =>
    key === 'driver' && typeof value?.const === 'string' ? [value.const] : driversOf(value),
  );
}

suite('docs', test => {
  test('every relative link leads to a file', () => {
    const links = pages.flatMap(page =>
      [...read(page).matchAll(/\]\((?!https?:)([^)#\s]+)/g)].map(([, target = '']) => ({ page, target })),
    );
    assert.ok(links.length > 50);
    const broken = links.filter(({ page, target }) => !existsSync(join(root, dirname(page), target)));
    assert.equal(broken, []);
  });

  test('every file that a page names is there', () => {
    const named = pages
      .filter(page => page !== 'CHANGELOG.md')
      .flatMap(page =>
        [...read(page).matchAll(/`((?:device|docs|drivers|sim|sync|test)\/[\w./-]+)`/g)].map(
          ([, path = '']) => ({ page, path }),
        ),
      );
    assert.ok(named.length > 50);
    // The threat model names tests as `run.js` takes them.
    const isThere = (path: string) => [path, `test/${path}.test.ts`].some(at => existsSync(join(root, at)));
    assert.equal(
      named.filter(({ path }) => !isThere(path)),
      [],
    );
  });

  test('adding-a-driver.md shows code as its file has it', () => {
    const shown = [...read('docs/adding-a-driver.md').matchAll(/```ts\n\/\/ (\S+)\n([^`]+)```/g)];
    assert.is(shown.length, 3);
    const codeOf = (text: string) => text.split('\n').map(line => line.replace(/ \/\/ .*/, '').trim());
    const wrong = shown.flatMap(([, path = '', text = '']) => {
      const file = codeOf(read(path));
      return codeOf(text).filter(line => !file.includes(line));
    });
    assert.equal(wrong, []);
  });

  test('settings.md names every key of the settings', () => {
    const schema = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' });
    const keys = [...new Set(keysOf(schema))].filter(key => key !== 'driver' && key !== 'name');
    const page = read('docs/formats/settings.md');
    assert.ok(keys.includes('apduTimeoutMs') && keys.includes('noticeMs'));
    assert.equal(
      keys.filter(key => !new RegExp(`\\b${key}\\b`).test(page)),
      [],
    );
  });

  test('settings.md has a row for every driver', () => {
    const schema = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' });
    const drivers = driversOf(schema);
    const page = read('docs/formats/settings.md');
    assert.ok(drivers.includes('vpcd') && drivers.includes('nextion'));
    assert.equal(
      drivers.filter(driver => !page.includes(`| \`${driver}\` |`)),
      [],
    );
  });

  test('testing.md names every command of the bus', () => {
    const page = read('docs/testing.md');
    const missing = commandUsages.filter(({ name }) => !new RegExp(`\`${name}\\b`).test(page));
    assert.equal(
      missing.map(({ name }) => name),
      [],
    );
  });

  for (const page of ['docs/firmware.md', 'docs/firmware.zh-CN.md']) {
    test(`${page} names every command of the console`, () => {
      const rows = read(page).split('\n');
      const missing = consoleCommands.filter(({ name }) => !rows.some(row => row.startsWith(`| \`${name}`)));
      assert.equal(
        missing.map(({ name }) => name),
        [],
      );
    });
  }

  for (const [english, chinese] of [
    ['README.md', 'README.zh-CN.md'],
    ['docs/firmware.md', 'docs/firmware.zh-CN.md'],
  ] as const) {
    test(`${chinese} is in step with ${english}`, () => {
      const shape = (page: string) =>
        read(page)
          .split('\n')
          .filter(line => /^(#|\||```)/.test(line))
          .map(line => /^(#+|\||```\w*)/.exec(line)?.[0]);
      assert.equal(shape(chinese), shape(english));
    });
  }

  test('the example settings can be used', () => {
    const config = readConfig(join(root, 'docs/examples/settings.yaml'));
    assert.is(config.displays.length, 2);
    assert.is(config.codeReaders.length, 3);
  });

  test('the example passengers can ride', () => {
    const passengers = readPassengers(join(root, 'docs/examples/passengers.yaml'));
    assert.equal(
      passengers.map(({ id }) => id),
      ['wang', 'old-card', 'phone', 'senior'],
    );
  });

  test('the example scenario can be run', () => {
    const scenario = readScenario(join(root, 'docs/examples/scenario.yaml'));
    assert.is(scenario.steps.length, 3);
  });
});
