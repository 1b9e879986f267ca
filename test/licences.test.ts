/** What the packages allow, and that no install fetches what package-lock.json has no hash of. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from './harness.ts';
import { isAllowed, packagesIn } from './licences.ts';

const lock = readFileSync('package-lock.json', 'utf8');

/** Of each package with native code: what it does at `npm ci`. @pokusew/pcsclite is there only where it could be built. */
const installScripts = {
  '@pokusew/pcsclite': 'node-gyp rebuild',
  '@serialport/bindings-cpp': 'node-gyp-build',
  'better-sqlite3': 'prebuild-install || node-gyp rebuild --release',
};

/** A tool of this checkout: nobody is given it. Its script fetches a binary only where npm has left out the one that has a hash. */
const toolWithScript = 'esbuild';

/** @param path of a file, from node_modules */
function ownerOf(path: string): string | undefined {
  return /^(?:.*\/node_modules\/)?((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
}

suite('packages', test => {
  test('all have a licence that is allowed', () => {
    const packages = packagesIn(lock);
    assert.ok(packages.length > 100);
    assert.equal(
      packages.filter(each => !isAllowed(each)).map(({ name, licence }) => `${name}: ${licence}`),
      [],
    );
  });

  for (const [licence, isDevelopment, expected] of [
    ['MIT', false, true],
    ['(MIT OR GPL-3.0-only)', false, true],
    ['MIT AND ISC', false, true],
    ['MIT AND GPL-3.0-only', false, false],
    ['(MIT OR X) AND GPL-3.0-only', false, false],
    ['MIT OR (X AND Y)', false, false],
    ['GPL-3.0-only', true, false],
    ['MPL-2.0', false, false],
    ['MPL-2.0', true, true],
    ['Apache-2.0 WITH LLVM-exception', false, false],
    ['SEE LICENSE IN LICENSE', false, false],
    ['UNLICENSED', false, false],
    ['', false, false],
    [undefined, false, false],
  ] as const) {
    test(`${licence}${isDevelopment ? ', for development' : ''}: ${expected ? 'allowed' : 'not allowed'}`, () =>
      assert.is(isAllowed({ name: 'x', version: '1', licence, isDevelopment }), expected));
  }

  test('each package has a hash; what would fetch a binary without one is not there', () => {
    const entries = Object.entries(JSON.parse(lock).packages as Record<string, Record<string, unknown>>);
    for (const [path, entry] of entries) if (path !== '') assert.type(entry.integrity, 'string', path);
    const scripted = entries.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path);
    assert.equal(
      scripted,
      [...Object.keys(installScripts), toolWithScript].map(name => `node_modules/${name}`),
    );
    const { packages } = JSON.parse(lock);
    assert.is(packages[`node_modules/${toolWithScript}`].dev, true);
    assert.ok(readFileSync('SECURITY.md', 'utf8').includes(toolWithScript));
    const fetchers = entries.filter(([path, { name }]) => {
      const called = name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      return ['prebuild-install', 'node-pre-gyp', '@mapbox/node-pre-gyp', 'simple-get'].includes(
        String(called),
      );
    });
    assert.equal(fetchers, []);
  });

  test('native modules are built here, or SECURITY.md names the package that brings one', () => {
    const binaries = readdirSync('node_modules', { recursive: true, encoding: 'utf8' })
      .filter(path => path.endsWith('.node'))
      .map(path => ({ name: ownerOf(path), isBuiltHere: path.includes('/build/Release/') }));
    const namesOf = (isBuiltHere: boolean) =>
      new Set(binaries.filter(binary => binary.isBuiltHere === isBuiltHere).map(({ name }) => name));
    assert.equal([...namesOf(false)], ['@serialport/bindings-cpp']);
    const built = namesOf(true);
    assert.ok(built.has('better-sqlite3'));
    const security = readFileSync('SECURITY.md', 'utf8');
    for (const [name, script] of Object.entries(installScripts)) {
      assert.ok(security.includes(name), name);
      const file = join('node_modules', name, 'package.json');
      if (existsSync(file)) assert.is(JSON.parse(readFileSync(file, 'utf8')).scripts.install, script, name);
    }
    for (const name of built) assert.ok(name !== undefined && name in installScripts, name);
  });
});
