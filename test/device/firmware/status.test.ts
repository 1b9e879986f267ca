/** The first lines of `status` under six faults: the cause, since when, and what to do. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { freePort } from '../../../sim/wires/free-port.ts';
import { missingForFullDisk } from '../../../sim/wires/full-disk.ts';
import { initRepository } from '../../../sync/publisher/signing/tuf-repository.ts';
import { suite, until } from '../../harness.ts';
import type { Requirement } from '../../left-out.ts';
import { type FedStand, startFedStand } from './fed-stand.ts';
import { type Stand, startStand } from './stand.ts';

const prlimit: Requirement = {
  what: 'prlimit',
  packages: ['util-linux'],
  met: () => missingForFullDisk() === undefined,
};
const twoHoursMs = 7_200_000;
const sinceWhen = String.raw`\(for \d+ (?:s|min), since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+08:00\)\. `;

/** Waits until the first fault is this one, in one line. */
async function saysFirst(stand: Stand, kind: string, what: RegExp, remedy: RegExp): Promise<string> {
  const first = new RegExp(
    `(WITH FAULTS|OUT OF SERVICE)\\r\\n {2}1\\. ${kind}: ${what.source}.*${sinceWhen}.*${remedy.source}`,
  );
  let answer = '';
  return until(`first ${kind}: ${what} … ${remedy}`, async () => {
    answer = await stand.ask('status');
    return first.test(answer) && answer;
  }).catch(error => {
    throw new Error(`${String(error)}, says:\n${answer}`);
  });
}

async function works(stand: Stand): Promise<void> {
  await until('WORKS', async () => /bus-1-front: WORKS\r\n/.test(await stand.ask('status')));
}

async function restart({ stand }: FedStand, aheadMs: number): Promise<void> {
  await stand.cutPower(() => stand.post.firmware.skewClock(aheadMs));
  await stand.ready();
}

suite('status names the cause first', test => {
  test.needing(prlimit, 'camera, disk and cache of a validator that is delivered its data', async context => {
    const stand = await startStand(context, { camera: true });
    await works(stand);
    stand.post.firmware.fillDisk(true);
    const room = /.*front\/journal\.sqlite: \d[\d.]* [KMG]iB of \d[\d.]* [KMG]iB free/;
    await saysFirst(stand, 'journal journal', room, /make room/);
    stand.post.firmware.fillDisk(false);
    await works(stand);
    assert.match(await stand.ask('readers'), /journal +journal +works .*failed once before, last .*EFBIG/);

    stand.office.publish([], 'missing');
    await saysFirst(stand, 'links links', /.*no link cache/, /Deliver a link cache to .*links/);
    stand.office.publish(stand.crowd.links, 'fresh');
    await works(stand);

    await stand.post.camera.close();
    await saysFirst(stand, 'code-reader camera', /.+/, /See to its cable and power/);
  });

  test('a feed out of reach, and one whose root is another', async context => {
    const fed = await startFedStand(context);
    const { stand, server, cache, places } = fed;
    await fed.arrives(2);
    const away = `http://127.0.0.1:${await freePort()}`;
    await stand.restartWith({ feed: { url: away, root: places.initialRoot, pollS: 0.2 } });
    const silent = await until('the feed is away', async () => {
      const answer = await stand.ask('status');
      return /feed +FAILS for/.test(answer) && answer;
    });
    assert.match(silent, /bus-1-front: WORKS\r\n/, 'a tunnel is no fault');
    assert.match(
      silent,
      /feed +FAILS for \d+ s: .*since .*Health codes can be checked until \d{4}-.* \+08:00/,
    );
    await stand.cutPower(() => rmSync(cache, { recursive: true }));
    await stand.ready();
    await saysFirst(
      stand,
      'feed feed',
      /.*ECONNREFUSED/,
      /modem, SIM and network.*cannot be checked until then/,
    );

    const { root } = initRepository(join(stand.directory, 'other'), Date.now());
    await stand.restartWith({ feed: { url: server.url, root, pollS: 0.2 } });
    const answer = await saysFirst(
      stand,
      'feed feed',
      /.*signed by/,
      /root\.json is the root of another feed than/,
    );
    assert.match(answer, /2\. links links: .*no link cache/);
  });

  test('a clock two hours fast: first with nothing but the feed to tell, then with satellites', async context => {
    const fed = await startFedStand(context);
    const { stand } = fed;
    await fed.arrives(2);
    await stand.tap(stand.crowd.tUnion('green'));
    stand.post.gnss.setMode('no-fix');
    await restart(fed, twoHoursMs);
    await saysFirst(
      stand,
      'links links',
      /the clock is wrong or nothing new is published/,
      /Compare `clock` with a watch/,
    );
    stand.post.gnss.setMode('fix');
    const ahead = /the clock is 2 h ahead of GNSS and of data signed \d+ (?:s|min) ago/;
    const answer = await saysFirst(stand, 'clock clock', ahead, /set the board’s clock/);
    assert.match(answer, /2\. links links: .*See to the clock first/);
    assert.not.match(answer, /\dT\d\d:\d\d/, 'all times are Beijing’s');
  });
});
