import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { suite } from './harness.ts';
import { temporaryDirectory } from './temporary.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const biome = join(root, 'node_modules', '.bin', 'biome');

/** What of Biome's report is looked at. */
const place = z.object({ path: z.string(), start: z.object({ line: z.int() }) });
const report = z.object({ diagnostics: z.array(z.object({ category: z.string(), location: place })) });

/** File, what it imports, whether that is allowed. */
const cases: readonly (readonly [file: string, imported: string, allowed: boolean])[] = [
  ['device/core/a1.ts', './b.ts', true],
  ['device/core/a2.ts', './j/b.ts', true],
  ['device/core/a3.ts', '../kit/errors.ts', false],
  ['device/core/a4.ts', 'node:fs', false],
  ['device/core/a5.ts', 'zod', false],
  ['device/core/j/a6.ts', '../b.ts', true],
  ['device/core/j/a47.ts', '../k/b.ts', true],
  ['device/core/j/a7.ts', '../../kit/errors.ts', false],
  ['device/ports.ts', './kit/log.ts', false],
  ['device/ports.ts', './kit/errors.ts', true],
  ['device/data-ports.ts', './ports.ts', true],
  ['device/data-ports.ts', './kit/log.ts', false],
  ['sync/a42.ts', '../device/data-ports.ts', true],
  ['drivers/x/a43.ts', '../../device/data-ports.ts', false],
  ['device/kit/a32.ts', './errors.ts', true],
  ['device/kit/a33.ts', '../ports.ts', false],
  ['device/kit/a34.ts', '../../sync/a.ts', false],
  ['device/a8.ts', '../drivers/a.ts', false],
  ['device/a9.ts', 'better-sqlite3', false],
  ['device/console/a10.ts', '../../sync/a.ts', false],
  ['device/console/a11.ts', '../parts.ts', true],
  ['device/journal/journal.ts', 'better-sqlite3', true],
  ['device/main.ts', '../sim/a.ts', false],
  ['device/compose/firmware.ts', '../../sim/a.ts', false],
  ['device/compose/a39.ts', '../../drivers/a.ts', true],
  ['device/compose/a40.ts', '../../sync/a.ts', true],
  ['device/compose/a41.ts', 'better-sqlite3', false],
  ['sim/x/a35.ts', '../../device/compose/firmware.ts', false],
  ['drivers/x/a12.ts', '../../device/ports.ts', true],
  ['drivers/x/a13.ts', '../../device/core/bytes.ts', true],
  ['drivers/x/a14.ts', '../../device/validator.ts', false],
  ['drivers/x/a15.ts', '../../sync/a.ts', false],
  ['drivers/x/a16.ts', 'better-sqlite3', false],
  ['drivers/x/a17.ts', 'serialport', true],
  ['sync/a18.ts', '../drivers/a.ts', false],
  ['sync/a19.ts', 'serialport', false],
  ['sync/a20.ts', '../device/core/check.ts', true],
  ['sim/x/a21.ts', '../../device/main.ts', false],
  ['sim/x/a22.ts', '../../drivers/a.ts', true],
  ['sim/x/a23.ts', 'jsqr', false],
  ['sim/x/a25.ts', 'better-sqlite3', false],
  ['sim/backoffice/x/a26.ts', 'better-sqlite3', true],
  ['sim/backoffice/x/a27.ts', 'serialport', false],
  ['sync/a28.ts', '../device/kit/keep-running.ts', true],
  ['sync/a29.ts', '../device/validator.ts', false],
  ['sync/a35.ts', '../device/settings/policy-file.ts', true],
  ['sync/a41.ts', '../device/update/slot.ts', true],
  ['sync/a42.ts', '../device/update/updates.ts', false],
  ['sync/a36.ts', '../device/settings/config.ts', false],
  ['drivers/x/a37.ts', '../../device/settings/policy-file.ts', false],
  ['drivers/x/a38.ts', '../../device/kit/log.ts', true],
  ['sim/x/a24.ts', '../../test/a.ts', false],
];

suite('import rules', test => {
  test('each folder imports what it may, and nothing else', context => {
    const directory = temporaryDirectory(context);
    const rules = readFileSync(join(root, 'biome.json'), 'utf8');
    writeFileSync(join(directory, 'biome.json'), rules.replace('"enabled": true,', '"enabled": false,'));
    const lines = new Map<string, string[]>();
    const places = cases.map(([file, imported]) => {
      const text = lines.get(file) ?? [];
      lines.set(file, text);
      return `${file}:${text.push(`export { x as x${text.length} } from '${imported}';`)}`;
    });
    for (const [file, text] of lines) {
      mkdirSync(dirname(join(directory, file)), { recursive: true });
      writeFileSync(join(directory, file), text.join('\n'));
    }
    const forbidden = places.filter((_, index) => cases[index]?.[2] === false);
    assert.equal(refusedIn(directory).sort(), forbidden.sort());
  });
});

/** To start Biome takes longer than to check them all. @returns the imports that the rules forbid, as `file:line` */
function refusedIn(directory: string): string[] {
  const rule = 'style/noRestrictedImports';
  const words = ['lint', `--only=${rule}`, '--reporter=json', '--max-diagnostics=none', '.'];
  const { stdout } = spawnSync(biome, words, { cwd: directory, encoding: 'utf8' });
  const { diagnostics } = report.parse(JSON.parse(stdout));
  assert.equal([...new Set(diagnostics.map(({ category }) => category))], [`lint/${rule}`]);
  return diagnostics.map(({ location: { path, start } }) => `${path}:${start.line}`);
}
