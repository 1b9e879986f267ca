/** A firmware that is stopped or killed leaves nothing green behind, and shows what counts when it goes on. */
import * as assert from 'uvu/assert';
import { suite } from '../../harness.ts';
import { startStand, strictWithCards } from './stand.ts';

suite('dead firmware', test => {
  test('SIGSTOP, SIGCONT and SIGKILL while 请上车 is shown', async context => {
    const stand = await startStand(context, strictWithCards);
    const { firmware } = stand.post;
    await stand.tap(stand.crowd.tUnion('green'));
    await stand.shows('passenger', '请上车', 'light green');
    const pid = firmware.pid ?? Number.NaN;
    process.kill(pid, 'SIGSTOP');
    context.after(() => void (firmware.pid === pid && process.kill(pid, 'SIGCONT')));
    for (const audience of ['passenger', 'crew'] as const) {
      await stand.shows(audience, '暂停服务', 'Out of service', 'light red');
    }
    process.kill(pid, 'SIGCONT');
    await stand.shows('passenger', '请上车', 'light green');

    await stand.tap(stand.crowd.tUnion('green'));
    await stand.shows('crew', '请上车', 'light green');
    await stand.cutPower();
    for (const audience of ['passenger', 'crew'] as const) {
      await stand.showed(audience, '暂停服务', 'Out of service', 'light red');
    }
    await stand.ready();
    await stand.shows('passenger', '请刷卡或扫码');
    assert.not.ok(stand.post.screens.passenger.lines().join().includes('请上车'));
  });
});
