import * as assert from 'uvu/assert';
import { buildLinkCache } from '../../../sync/commands/links-command.ts';
import { readFleetKeys } from '../../../sync/fleet-keys.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { startStand } from './stand.ts';

async function startWithClock(context: TestContext) {
  const stand = await startStand(context, {});
  const told = (event: string, from: number) =>
    until(`${event} of the clock`, () =>
      stand.log.slice(from).find(entry => entry.event === event && entry.part === 'clock'),
    );
  return { ...stand, told };
}

const hourMs = 3_600_000;

suite('firmware: the clock', test => {
  const shared = test.shared(startWithClock);

  test('signed data from after its clock: no code is called expired, until data and clock agree', async () => {
    const stand = await shared();
    const [key] = readFleetKeys(stand.office.files.fleetKeys);
    const from = stand.log.length;
    buildLinkCache(stand.office.files.links, stand.crowd.links, key, Date.now() + 2 * hourMs);
    await stand.told('part-fault', from);
    await stand.shows('crew', '时钟故障');
    assert.match(await stand.ask('status'), /clock clock: no plausible source of time/);
    const card = await stand.tap(stand.crowd.tUnion('green'));
    assert.equal([card.verdict, card.reason, card.fareTaken], ['cannot-verify', 'future-data', true]);
    const old = stand.crowd.phone('green').showCode({ at: Date.now() - hourMs });
    const code = await stand.scan(old);
    assert.equal([code.verdict, code.reason, code.fareTaken], ['invalid', 'time-unknown', false]);
    await stand.shows('passenger', 'light red', '暂时无法识别乘车码', '请刷卡');

    const mendedFrom = stand.log.length;
    stand.office.publish(stand.crowd.links, 'fresh');
    await stand.told('part-ready', mendedFrom);
    assert.is((await stand.scan(old)).reason, 'expired');
    assert.is((await stand.scan(stand.crowd.code('green'))).verdict, 'pass');
  });

  test('a receiver that lies by hours, either way: not followed, shown, and gone with the lie', async () => {
    const stand = await shared();
    for (const offsetMs of [-5 * hourMs, 5 * hourMs]) {
      const from = stand.log.length;
      stand.post.gnss.setClock({ offsetMs });
      await stand.told('part-fault', from);
      await stand.shows('crew', '时钟故障');
      assert.match(await stand.ask('clock'), /not believed/);
      assert.is((await stand.scan(stand.crowd.code('green'))).verdict, 'pass');
      const mendedFrom = stand.log.length;
      stand.post.gnss.setClock({});
      await stand.told('part-ready', mendedFrom);
    }
  });
});
