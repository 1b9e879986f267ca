/**
 * What a power cut would leave right before and right after each change that `provision` makes on the disk, with what was not synced by
 * then lost: the old bundle or the new one, whole, and the next `provision` brings the new one.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join, relative } from 'node:path';
import * as assert from 'uvu/assert';
import { provisionFrom } from '../../../device/compose/provisioning.ts';
import { readAllSettings } from '../../../device/compose/settings.ts';
import { suite, telling } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { bundleFiles, device, newValidator, settingsOf } from './provisioned.ts';

/** @param at called around each change, with the files under the directory that are not on the disk yet */
async function watchingChanges(
  directory: string,
  at: (unsynced: readonly string[]) => void,
  run: () => Promise<unknown>,
): Promise<void> {
  const { openSync, fsyncSync, renameSync, symlinkSync, mkdirSync, rmSync } = fs;
  const open = new Map<number, string>();
  const unsynced = new Set<string>();
  const tell = () => at([...unsynced].filter(path => fs.existsSync(path)));
  const around =
    <A extends unknown[], R>(change: (...args: A) => R) =>
    (...args: A): R => {
      tell();
      const result = change(...args);
      tell();
      return result;
    };
  Object.assign(fs, {
    openSync: (...args: Parameters<typeof openSync>) => {
      const fd = openSync(...args);
      const path = String(args[0]);
      if (!relative(directory, path).startsWith('..')) open.set(fd, path);
      if (String(args[1]).startsWith('wx')) unsynced.add(path);
      return fd;
    },
    fsyncSync: (fd: number) => {
      tell();
      fsyncSync(fd);
      unsynced.delete(open.get(fd) ?? '');
      tell();
    },
    renameSync: around(renameSync),
    symlinkSync: around(symlinkSync),
    mkdirSync: around(mkdirSync),
    rmSync: around(rmSync),
  });
  syncBuiltinESMExports();
  try {
    await run();
  } finally {
    Object.assign(fs, { openSync, fsyncSync, renameSync, symlinkSync, mkdirSync, rmSync });
    syncBuiltinESMExports();
  }
}

suite('provision cut off', test => {
  for (const from of ['nothing', 'a bundle before'])
    test(`from ${from}: the old one or the new one, whole`, async context => {
      const validator = await newValidator(context);
      const { authority } = validator;
      const isFirst = from === 'nothing';
      if (!isFirst) await validator.provision(await validator.bundle(1), authority);
      const files = { ...bundleFiles, 'settings.yaml': settingsOf(device, { line: '6' }) };
      const next = await validator.bundle(2, { files });
      const copies = temporaryDirectory(context);
      let states = 0;
      const copy = (unsynced: readonly string[]) => {
        const to = join(copies, String(states++));
        execFileSync('cp', ['-a', validator.state, to]);
        for (const path of unsynced) fs.truncateSync(join(to, relative(validator.state, path)));
      };
      await watchingChanges(validator.state, copy, () => validator.provision(next, authority));
      assert.ok(states > 20, String(states));
      let [old, renewed] = [0, 0];
      for (let state = 0; state < states; state++)
        await telling(`state ${state}`, async () => {
          const directory = join(copies, String(state));
          const settings = join(directory, 'identity', 'settings.yaml');
          const line = fs.existsSync(settings) ? readAllSettings(settings).config.line : 'none';
          assert.ok([isFirst ? 'none' : '2', '6'].includes(line), line);
          if (line === '6') renewed++;
          else {
            old++;
            await provisionFrom(next, directory, authority);
          }
          assert.is(readAllSettings(settings).config.line, '6');
          const tidy = fs.readdirSync(directory).filter(name => name.endsWith('.new'));
          assert.equal(line === '6' ? [] : tidy, []);
        });
      assert.ok(old > 10 && renewed >= 1, `${old} old, ${renewed} new`);
    });
});
