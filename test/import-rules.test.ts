import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from './harness.ts';
import { temporaryDirectory } from './temporary.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const biome = join(root, 'node_modules', '.bin', 'biome');

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
    const wrong = cases.filter(([file, imported, allowed]) => {
      mkdirSync(dirname(join(directory, file)), { recursive: true });
      writeFileSync(join(directory, file), `import { x } from '${imported}';\n\nexport const y = x;\n`);
      return isAllowed(directory, file) !== allowed;
    });
    assert.equal(wrong, []);
  });
});

function isAllowed(directory: string, file: string): boolean {
  try {
    execFileSync(biome, ['lint', '--only=style/noRestrictedImports', file], {
      cwd: directory,
      stdio: 'pipe',
    });
    return true;
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    assert.match(said, 'noRestrictedImports');
    return false;
  }
}
