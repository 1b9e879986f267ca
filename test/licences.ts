/** `make licences`: the licences of all packages that package-lock.json names, as a list; exit 1 for one that is not allowed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { printable, say, sayError } from '../device/kit/printable.ts';

/** SPDX names of licences that ask for nothing but their text. */
const allowed: readonly string[] = [
  ...['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0'],
  ...['CC0-1.0', 'ISC', 'MIT', 'Unlicense', 'Zlib'],
];
/** Of tools that nobody is given with the firmware. */
const allowedInDevelopment: readonly string[] = [...allowed, 'MPL-2.0', 'CC-BY-4.0', 'Python-2.0'];

/** What packages carry inside that npm does not know of. */
const bundled: readonly Licensed[] = [
  { name: 'SQLite (in better-sqlite3)', version: '', licence: 'public domain', isDevelopment: false },
  { name: 'ZXing-C++ (in zxing-wasm)', version: '', licence: 'Apache-2.0', isDevelopment: false },
];

export interface Licensed {
  readonly name: string;
  readonly version: string;
  /** SPDX; undefined where the package tells none. */
  readonly licence: string | undefined;
  readonly isDevelopment: boolean;
}

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({ version: z.string(), license: z.string().optional(), dev: z.boolean().default(false) }),
  ),
});

/** @param lock the text of package-lock.json */
export function packagesIn(lock: string): Licensed[] {
  const { packages } = lockSchema.parse(JSON.parse(lock));
  return Object.entries(packages)
    .filter(([path]) => path !== '')
    .map(([path, { version, license, dev }]) => ({
      name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version,
      licence: license,
      isDevelopment: dev,
    }));
}

/** Of licences to choose from one must be allowed, of several that hold together all; what is nested further is not. */
export function isAllowed({ licence = '', isDevelopment }: Licensed): boolean {
  const names = isDevelopment ? allowedInDevelopment : allowed;
  const [, plain = ''] = /^\(?([^()]*)\)?$/.exec(licence) ?? [];
  return plain.split(' OR ').some(choice => choice.split(' AND ').every(name => names.includes(name.trim())));
}

function main(): void {
  const packages = packagesIn(readFileSync('package-lock.json', 'utf8'));
  const rows = [...packages, ...bundled].map(({ name, version, licence = 'none', isDevelopment }) =>
    `${licence.padEnd(24)}${name} ${version}${isDevelopment ? ' (development)' : ''}`.trimEnd(),
  );
  writeFileSync('build/licences.txt', `${[...new Set(rows)].sort().map(printable).join('\n')}\n`);
  const bad = packages.filter(each => !isAllowed(each));
  for (const { name, version, licence } of bad)
    sayError(`${name} ${version}: ${licence ?? 'no licence is told'}`);
  say(
    `${packages.length} packages, ${bad.length} with a licence that is not allowed: build/licences.txt, build/sbom.cdx.json`,
  );
  process.exitCode = bad.length === 0 ? 0 : 1;
}

if (argv[1] === fileURLToPath(import.meta.url)) main();
