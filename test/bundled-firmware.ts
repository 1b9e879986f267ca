/** The firmware as a bus has it, bundled, for tests and bench: `FIRMWARE` names it to whoever starts one. */
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundleFirmware } from '../device/install/bundle.ts';

const build = resolve(import.meta.dirname, '..');

/**
 * @param name of its folder, made anew beside what the compiler has built: where memory is a file system, some machines run no
 *   native code from it
 * @returns its program
 */
export async function bundledFirmware(name: string): Promise<string> {
  const folder = join(build, name);
  rmSync(folder, { recursive: true, force: true });
  await bundleFirmware(resolve(build, '..'), folder);
  return join(folder, 'build/device/main.js');
}
