/** Root becomes the firmware's user before a command makes anything; the system's calls are made up here, for they are for good. */
import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { becomeOwnerOf } from '../../../device/kit/own-user.ts';
import { suite, type TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

/** A process of this user. @returns the calls that it has made */
function asUser(context: TestContext, euid: number, hasName = true): string[] {
  const calls: string[] = [];
  const was = Object.fromEntries(
    ['geteuid', 'initgroups', 'setgroups', 'setgid', 'setuid'].map(name => [
      name,
      Reflect.get(process, name),
    ]),
  );
  context.after(() => void Object.assign(process, was));
  const note = (name: string) => (given: unknown) => void calls.push(`${name} ${given}`);
  Object.assign(process, {
    geteuid: () => euid,
    initgroups(user: number, group: number) {
      if (!hasName) throw new Error('unknown user');
      calls.push(`initgroups ${user} ${group}`);
    },
    ...{ setgroups: note('setgroups'), setgid: note('setgid'), setuid: note('setuid') },
  });
  return calls;
}

const isRoot = process.geteuid?.() === 0;
const [uid, gid] = isRoot ? [54_321, 54_322] : [process.getuid?.() ?? 0, process.getgid?.() ?? 0];

/** Somebody's who is not root. */
function theirs(context: TestContext): string {
  const directory = join(temporaryDirectory(context), 'state');
  mkdirSync(directory);
  if (isRoot) chownSync(directory, uid, gid);
  return directory;
}

suite('own user', test => {
  test('root takes the owner’s groups first, and the user last', context => {
    const directory = theirs(context);
    const calls = asUser(context, 0);
    becomeOwnerOf(directory);
    assert.equal(calls, [`initgroups ${uid} ${gid}`, `setgid ${gid}`, `setuid ${uid}`]);
  });

  test('an owner without a name has its one group', context => {
    const directory = theirs(context);
    const calls = asUser(context, 0, false);
    becomeOwnerOf(directory);
    assert.equal(calls, [`setgroups ${gid}`, `setgid ${gid}`, `setuid ${uid}`]);
  });

  test('anybody else stays who they are, and so does root where root is the owner, or nobody yet', context => {
    const directory = theirs(context);
    const calls = asUser(context, 1000);
    becomeOwnerOf(directory);
    assert.equal(calls, []);
    const asRoot = asUser(context, 0);
    becomeOwnerOf('/');
    becomeOwnerOf(join(directory, 'none'));
    assert.equal(asRoot, []);
  });
});
