/** Files of one's own: links are not followed, what others may write is refused, what they may read is told. */
import { execFileSync } from 'node:child_process';
import { chmodSync, constants, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { openJournal } from '../../../device/journal/journal.ts';
import {
  checkGivenFile,
  checkOwnTree,
  openOwnFile,
  prepareOwnDatabase,
  readableByOthers,
} from '../../../device/kit/own-file.ts';
import { openLinkStore } from '../../../sync/cache/link-store.ts';
import { lockCache } from '../../../sync/client/sync-state.ts';
import { buildLinkCache } from '../../../sync/commands/links-command.ts';
import { readFleetKeys } from '../../../sync/fleet-keys.ts';
import { newPrivateKey } from '../../../sync/keys/device-key.ts';
import { fixedRing, openKeyRing } from '../../../sync/keys/key-ring.ts';
import { suite } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

suite('own files', test => {
  test('are made with mode 0600, and opened by no link', context => {
    const directory = temporaryDirectory(context);
    const file = join(directory, 'file');
    openOwnFile(file, constants.O_RDWR | constants.O_CREAT);
    assert.is(statSync(file).mode & 0o777, 0o600);
    symlinkSync(file, join(directory, 'link'));
    assert.throws(() => openOwnFile(join(directory, 'link'), constants.O_RDWR), /ELOOP/);
    assert.throws(() => prepareOwnDatabase(join(directory, 'link')), /symbolic link/);
  });

  test('the journal and its witness: links and what others may write are refused', context => {
    for (const end of ['', '-wal', '-seq']) {
      const directory = temporaryDirectory(context);
      writeFileSync(join(directory, 'outside'), 'precious');
      symlinkSync(join(directory, 'outside'), join(directory, `journal${end}`));
      assert.throws(() => openJournal(join(directory, 'journal'), 'bus-1'), /symbolic link|ELOOP/, end);
      assert.is(statSync(join(directory, 'outside')).size, 8);
    }
    const directory = temporaryDirectory(context);
    chmodSync(directory, 0o777);
    assert.throws(() => openJournal(join(directory, 'journal'), 'bus-1'), /others may write/);
    chmodSync(directory, 0o1777);
    openJournal(join(directory, 'journal'), 'bus-1').close();
    assert.is(statSync(join(directory, 'journal')).mode & 0o077, 0);
  });

  test('the cache: a link in it, or others that may write it, end a sync before it begins', context => {
    const cache = join(temporaryDirectory(context), 'links');
    mkdirSync(cache);
    lockCache(cache)();
    const outside = temporaryDirectory(context);
    symlinkSync(outside, join(cache, 'arrivals'));
    assert.throws(() => lockCache(cache), /arrivals is a symbolic link/);
    const other = join(temporaryDirectory(context), 'links');
    mkdirSync(join(other, 'arrivals'), { recursive: true });
    chmodSync(join(other, 'arrivals'), 0o777);
    assert.throws(() => checkOwnTree(other), /others may write/);
    // A cache on a partition of its own has a folder that root alone can read.
    mkdirSync(join(cache, 'lost+found'));
    symlinkSync(outside, join(cache, 'lost+found', 'anything'));
    rmSync(join(cache, 'arrivals'));
    lockCache(cache)();
    const linked = join(temporaryDirectory(context), 'link');
    symlinkSync(cache, linked);
    assert.throws(() => lockCache(linked), /symbolic link/);
  });

  test('pipes and links in a cache keep nobody waiting who reads it, and one that others may write is not used', async context => {
    const cache = join(temporaryDirectory(context), 'links');
    const key = { id: 'k1', key: Buffer.alloc(32, 1) };
    buildLinkCache(cache, [], key, Date.now());
    const usable = () => {
      const store = openLinkStore(cache, fixedRing([key]), { changed() {}, damaged() {} });
      const state = store.describe();
      store.close();
      return state.usable ? 'usable' : state.why;
    };
    const plants = [
      (path: string) => void execFileSync('mkfifo', [path]),
      (path: string) => symlinkSync('/dev/zero', path),
    ];
    for (const plant of plants) {
      rmSync(join(cache, 'current.json'));
      plant(join(cache, 'current.json'));
      // Without a pointer the newest generation counts.
      assert.is(usable(), 'usable');
      const keys = join(temporaryDirectory(context), 'keys');
      mkdirSync(keys);
      plant(join(keys, 'epoch-1'));
      const ring = await openKeyRing({ device: 'first', privateKey: newPrivateKey() }, dirname(keys));
      assert.equal(ring.held(), []);
    }
    assert.throws(() => buildLinkCache(cache, [], key, Date.now()), /is a symbolic link/);
    rmSync(join(cache, 'current.json'));
    mkdirSync(join(cache, 'lock.sqlite'));
    assert.throws(() => lockCache(cache), /lock\.sqlite is no plain file/);
    chmodSync(cache, 0o777);
    assert.match(usable(), /others may write/);
  });

  test('keys that others may write, or whose directory they may, are refused; readable ones are told', context => {
    const directory = temporaryDirectory(context);
    const file = join(directory, 'keys.json');
    writeFileSync(file, JSON.stringify({ keys: [{ id: 'k1', key: 'ab'.repeat(32) }] }));
    assert.is(readFleetKeys(file).length, 1);
    assert.equal(readableByOthers([file, join(directory, 'none')]), [file]);
    chmodSync(file, 0o600);
    assert.equal(readableByOthers([file]), []);
    chmodSync(directory, 0o711);
    assert.equal(readableByOthers([directory]), [directory]);
    chmodSync(directory, 0o700);
    assert.equal(readableByOthers([directory]), []);
    for (const [path, mode] of [
      [file, 0o666],
      [directory, 0o777],
    ] as const) {
      const before = statSync(path).mode;
      chmodSync(path, mode);
      assert.throws(() => readFleetKeys(file), /others may write/);
      chmodSync(path, before);
    }
    checkGivenFile(file);
  });
});
