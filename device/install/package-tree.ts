/** What the Debian package puts where: the firmware, its Node, systemd's and udev's files, documents, and what dpkg asks to know. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundleFirmware } from './bundle.ts';
import { controlOf, debianChangelog, debianVersion } from './control.ts';
import { licencesOf, nodeLicence } from './licences.ts';

export const packageName = 'fare-validator';
const home = `usr/lib/${packageName}`;
const documents = `usr/share/doc/${packageName}`;
const longest = { maxBuffer: 64 << 20, encoding: 'utf8' } as const;

/** From device/install/debian/ to where it is installed. */
const files: Readonly<Record<string, string>> = {
  'fare-validator.sh': 'usr/bin/fare-validator',
  'fare-validator.service': 'usr/lib/systemd/system/fare-validator.service',
  'fare-validator.sysusers': 'usr/lib/sysusers.d/fare-validator.conf',
  '70-fare-validator.udev': 'usr/lib/udev/rules.d/70-fare-validator.rules',
  '60-fare-validator.polkit': 'usr/share/polkit-1/rules.d/60-fare-validator.rules',
  'fare-validator.default': 'etc/default/fare-validator',
  'lintian-overrides': `usr/share/lintian/overrides/${packageName}`,
};
const scripts = ['postinst', 'prerm', 'postrm'];
const executable = 0o755;
const ordinary = 0o644;

export interface PackageTree {
  /** As Debian writes it. */
  readonly version: string;
  /** Debian's name of it. */
  readonly architecture: string;
  readonly installedKib: number;
}

/** @param date of the package, Unix seconds */
export async function layOut(root: string, tree: string, date: number): Promise<PackageTree> {
  const sources = join(root, 'device/install/debian');
  const put = (path: string, content: string | Uint8Array, mode = ordinary) => {
    const file = join(tree, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    chmodSync(file, mode);
  };
  const { packages, natives } = await bundleFirmware(root, join(tree, home));
  copyFileSync(process.execPath, join(tree, home, 'node'));
  const native = [
    `${home}/node`,
    ...natives.filter(file => file.endsWith('.node')).map(file => `${home}/${file}`),
  ];
  for (const file of native) execFileSync('strip', ['--strip-unneeded', join(tree, file)]);
  for (const [from, to] of Object.entries(files)) {
    const mode = to.startsWith('usr/bin/') ? executable : ordinary;
    put(to, readFileSync(join(sources, from)), mode);
  }
  mkdirSync(join(tree, 'etc', packageName), { recursive: true });
  const { version: npmVersion } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const version = debianVersion(npmVersion);
  put(`${documents}/changelog.gz`, compressed(debianChangelog(version, date)));
  put(`${documents}/CHANGELOG.md.gz`, compressed(readFileSync(join(root, 'CHANGELOG.md'))));
  put(`${documents}/copyright`, readFileSync(join(sources, 'copyright')));
  put(`${documents}/npm-licences.gz`, compressed(licencesOf(packages)));
  put(`${documents}/node-licence.gz`, compressed(nodeLicence(process.execPath)));
  put(`${documents}/examples/settings.yaml`, readFileSync(join(root, 'docs/examples/settings.yaml')));
  put('usr/share/man/man1/fare-validator.1.gz', compressed(readFileSync(join(sources, 'fare-validator.1'))));
  setModes(tree, new Set([`${home}/node`, 'usr/bin/fare-validator']));

  const architecture = execFileSync('dpkg', ['--print-architecture'], longest).trim();
  const installed = filesIn(tree);
  const installedKib = sizeOf(tree);
  const about = { version, architecture, installedKib };
  put('DEBIAN/control', controlOf({ ...about, depends: librariesOf(root, tree, native) }));
  put('DEBIAN/conffiles', '/etc/default/fare-validator\n');
  const sum = (file: string) =>
    createHash('md5')
      .update(readFileSync(join(tree, file)))
      .digest('hex');
  const summed = installed.filter(file => !file.startsWith('etc/'));
  put('DEBIAN/md5sums', summed.map(file => `${sum(file)}  ${file}\n`).join(''));
  for (const script of scripts) put(`DEBIAN/${script}`, readFileSync(join(sources, script)), executable);
  execFileSync('find', [tree, '-exec', 'touch', '--no-dereference', `--date=@${date}`, '{}', '+']);
  return about;
}

/** Without its date. */
function compressed(content: string | Uint8Array): Buffer {
  return gzipSync(content, { level: 9 });
}

function filesIn(tree: string): string[] {
  return readdirSync(tree, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(tree.length + 1))
    .sort();
}

/** Whatever umask it was made under. */
function setModes(tree: string, executables: ReadonlySet<string>): void {
  for (const name of readdirSync(tree, { recursive: true, encoding: 'utf8' })) {
    const path = join(tree, name);
    chmodSync(path, lstatSync(path).isDirectory() || executables.has(name) ? executable : ordinary);
  }
  chmodSync(tree, executable);
}

/** As dpkg counts: each file by whole KiB, and one for each directory. */
function sizeOf(tree: string): number {
  const names = readdirSync(tree, { recursive: true, encoding: 'utf8' });
  const kib = names.map(name => {
    const found = lstatSync(join(tree, name));
    return found.isFile() ? Math.ceil(found.size / 1024) : 1;
  });
  return kib.reduce((sum, one) => sum + one, 0);
}

/** Which libraries, in which versions, the native parts ask for. */
function librariesOf(root: string, tree: string, native: readonly string[]): string {
  const sources = join(root, 'device/install');
  const said = execFileSync('dpkg-shlibdeps', ['-O', ...native.map(file => `-e${join(tree, file)}`)], {
    ...longest,
    cwd: sources,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return said.trim().replace('shlibs:Depends=', '');
}
