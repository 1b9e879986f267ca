/** A system clock that is wrong, and nothing but ride codes and signed data to tell. */
import * as assert from 'uvu/assert';
import { suite, until } from '../../harness.ts';
import { startFedStand } from './fed-stand.ts';
import { type Stand, startStand } from './stand.ts';

const fastMs = 2_000_000;

async function restartWithoutSatellites(stand: Stand, aheadMs: number): Promise<void> {
  stand.post.gnss.setMode('no-fix');
  await stand.cutPower(() => stand.post.firmware.skewClock(aheadMs));
  await stand.ready();
}

const doubted = /WORKS, WITH FAULTS[\s\S]*clock clock: the system clock is doubted/;

suite('firmware: a clock that is wrong without satellites', test => {
  test('half an hour fast, with a feed: the first fresh code rides, and the clock is a fault', async context => {
    const { stand } = await startFedStand(context);
    await restartWithoutSatellites(stand, fastMs);
    await until('a word from the feed', async () => /feed .*nothing new/.test(await stand.ask('status')));
    const stolen = stand.crowd.phone('green').showCode({ at: Date.now() - 3_600_000 });
    assert.is((await stand.scan(stolen)).reason, 'expired');
    assert.not.match(await stand.ask('status'), doubted);
    assert.is((await stand.scan(stand.crowd.code('green'))).verdict, 'pass');
    assert.match(await stand.ask('status'), doubted);
    await stand.shows('crew', '时钟故障');
    assert.is((await stand.scan(stolen)).reason, 'expired');
    assert.is((await stand.scan(stand.crowd.code('green'))).verdict, 'pass');
  });

  test('half an hour fast, with a feed: what it signs now is enough for a doubt, before any passenger', async context => {
    const { stand, publish, arrives } = await startFedStand(context);
    await restartWithoutSatellites(stand, fastMs);
    await until('a word from the feed', async () => /feed .*nothing new/.test(await stand.ask('status')));
    await arrives(publish('delta'));
    await until('a doubt', async () => doubted.test(await stand.ask('status')));
    assert.match(
      await stand.ask('clock'),
      /problem +the system clock is doubted: it is \d+ min ahead of what the feed/,
    );
    assert.is((await stand.scan(stand.crowd.code('green'))).verdict, 'pass');
  });

  test('half an hour fast, without a feed: nothing is called expired, and the third passenger rides', async context => {
    const stand = await startStand(context);
    await restartWithoutSatellites(stand, fastMs);
    const phone = stand.crowd.phone('green');
    for (const code of [stand.crowd.code('green'), phone.showCode({ at: Date.now() })]) {
      const { verdict, reason } = await stand.scan(code);
      assert.equal([verdict, reason], ['invalid', 'time-unknown']);
      assert.match(await stand.ask('status'), doubted);
    }
    assert.is((await stand.scan(phone.showCode({ at: Date.now() }))).reason, 'time-unknown');
    assert.is((await stand.scan(stand.crowd.code('green'))).verdict, 'pass');
    assert.match(await stand.ask('status'), doubted);
  });

  test('a clock that jumps by half a century makes nothing older than it is', async context => {
    const stand = await startStand(context);
    await restartWithoutSatellites(stand, -Date.now());
    await until('no belief', async () => /NOT BELIEVED/.test(await stand.ask('clock')));
    stand.post.gnss.setMode('fix');
    await until('the time', async () => /source +gnss/.test(await stand.ask('clock')));
    assert.match(await stand.ask('status'), /up for +\d+ (s|min)/);
    assert.not.match(
      `${await stand.ask('status')}${await stand.ask('readers')}${await stand.ask('clock')}`,
      / days/,
    );
  });
});
