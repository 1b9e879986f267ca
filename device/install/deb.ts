/**
 * `make deb`: the firmware and the Node it runs on as a Debian package, build/fare-validator_VERSION_ARCH.deb. The same input makes
 * the same bytes: all dates are those of SOURCE_DATE_EPOCH, or of the checkout's last commit.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { messageOf } from '../kit/errors.ts';
import { say, sayError } from '../kit/printable.ts';
import { layOut, packageName } from './package-tree.ts';

export interface DebOptions {
  /** The checkout, built and with its packages. */
  readonly root: string;
  /** The folder that the package is written into. */
  readonly out: string;
  /** Of dpkg-deb; `none` for a package that is only tried. */
  readonly compression: string;
}

export interface Deb {
  readonly file: string;
  /** In KiB, as the package says it. */
  readonly installedKib: number;
}

/** Needs dpkg-deb and dpkg-shlibdeps, no rights. @throws Error with what a program said */
export async function buildDeb({ root, out, compression }: DebOptions): Promise<Deb> {
  mkdirSync(out, { recursive: true });
  const scratch = mkdtempSync(join(out, 'deb-'));
  try {
    const tree = join(scratch, packageName);
    const { version, architecture, installedKib } = await layOut(root, tree, dateOf(root));
    const file = join(out, `${packageName}_${version}_${architecture}.deb`);
    const options = ['--root-owner-group', `-Z${compression}`];
    execFileSync('dpkg-deb', [...options, '--build', tree, file], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, SOURCE_DATE_EPOCH: String(dateOf(root)) },
    });
    return { file, installedKib };
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** Unix seconds */
function dateOf(root: string): number {
  const given = process.env.SOURCE_DATE_EPOCH;
  if (given === undefined)
    return Number(execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' }));
  if (!/^\d{1,10}$/.test(given)) throw new Error('SOURCE_DATE_EPOCH: Unix seconds');
  return Number(given);
}

async function main(): Promise<void> {
  const { compression } = new Command('deb')
    .description('build the Debian package, in a built checkout')
    .option('--compression <name>', "dpkg-deb's; none for a package that is only tried", 'xz')
    .parse()
    .opts<{ compression: string }>();
  const root = resolve(import.meta.dirname, '../../..');
  const { file, installedKib } = await buildDeb({ root, out: join(root, 'build'), compression });
  say(JSON.stringify({ file, installedMb: Math.round((installedKib * 1024) / 1e6) }));
}

if (process.argv[1] === import.meta.filename)
  main().catch((error: unknown) => {
    sayError(`deb: ${messageOf(error)}`);
    process.exitCode = 1;
  });
