/** The firmware as a service of systemd: ready, alive as long as a tap could be taken, stopping. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { isProgram } from '../../../drivers/wire/program.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { countJournalRows } from '../../journal-rows.ts';
import type { Requirement } from '../../left-out.ts';
import { fillDisk, mountSmallDisk, smallDisk } from '../../small-disk.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { listenAsSystemd } from '../liveness/notify-listener.ts';
import { startStand } from './stand.ts';

const systemdAndMount: Requirement = {
  what: 'systemd-notify, and the right to mount (root)',
  packages: ['systemd'],
  met: () =>
    isProgram('systemd-notify') && isProgram('python3') && typeof smallDisk !== 'string' && smallDisk.met(),
};
/** A rehearsal each 100 ms. */
const watchdogUs = 600_000;

/** For whatever is started meanwhile. */
function withEnvironment(values: Readonly<Record<string, string>>, { after }: TestContext): void {
  for (const [name, value] of Object.entries(values)) {
    process.env[name] = value;
    after(() => void delete process.env[name]);
  }
}

suite('the firmware under systemd', test => {
  test.needing(systemdAndMount, 'it is alive while its journal takes rows', async context => {
    const { socket, heard } = await listenAsSystemd(context);
    withEnvironment({ NOTIFY_SOCKET: socket, WATCHDOG_USEC: String(watchdogUs) }, context);
    const disk = temporaryDirectory(context);
    mountSmallDisk(disk, context);
    const journal = join(disk, 'journal.sqlite');
    const stand = await startStand(context, { settings: { journal } });
    const pings = () => heard.filter(words => words === 'WATCHDOG=1').length;

    await until('three pings', () => pings() >= 3);
    assert.is(heard[0], 'READY=1');
    assert.is((await stand.tap(stand.crowd.tUnion('green'))).verdict, 'pass');
    assert.is(countJournalRows(journal), 1, 'rehearsals are no rows');

    fillDisk(join(disk, 'filling'));
    await stand.logged('not-alive', 0);
    let before = -1;
    await until('what was said before has come', async () => {
      const isQuiet = before === pings();
      before = pings();
      await stand.tap(stand.crowd.tUnion('green'));
      return isQuiet;
    });
    for (let i = 0; i < 5; i++) await stand.tap(stand.crowd.tUnion('green'));
    assert.is(pings(), before, 'no ping while the disk is full');

    rmSync(join(disk, 'filling'));
    await until('it is alive again', () => pings() > before);
    await stand.post.close();
    await until('it stops', () => heard.at(-1) === 'STOPPING=1');
    assert.is(heard.filter(words => words === 'READY=1').length, 1);
  });
});
