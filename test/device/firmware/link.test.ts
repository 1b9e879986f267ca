/** A validator whose network goes away and comes back, as the kernel tells it. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from '../../harness.ts';
import { tellLeftOut } from '../../left-out.ts';

const program = fileURLToPath(new URL('./link-process.js', import.meta.url));
const tryLink = 'ip link set lo up && ip link add bus0 type veth peer name far0 && unshare --net true';

/** Words that run a program in a network namespace of its own. */
const alone = ['unshare', '--net', ...(process.getuid?.() === 0 ? [] : ['--map-root-user'])] as const;

function mayHaveLinks(): boolean {
  const [unshare, ...words] = alone;
  try {
    execFileSync(unshare, [...words, 'sh', '-c', tryLink], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

suite('firmware: the link', test => {
  test('down, up, down and up again: failures name the address, and the feed comes at once', async ({
    after,
  }) => {
    if (!mayHaveLinks()) {
      // No package brings it: it is the kernel that may not let us, also where all packages are.
      const what = 'the right to network links of its own (unshare --net, ip, veth)';
      tellLeftOut({ what, packages: ['iproute2'], met: () => false });
      return;
    }
    const [unshare, ...words] = alone;
    const child = spawn(unshare, [...words, process.execPath, '--enable-source-maps', program], {
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    after(() => child.kill('SIGTERM'));
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', text => {
      errors += text;
    });
    const [code] = await once(child, 'close');
    assert.is(code, 0, errors);
  });
});
