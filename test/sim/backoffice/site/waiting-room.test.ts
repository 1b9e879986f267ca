import * as assert from 'uvu/assert';
import { createWaitingRoom } from '../../../../sim/backoffice/site/waiting-room.ts';
import { suite } from '../../../harness.ts';
import { lin } from './fake-registration.ts';
import { askForCode } from './steps.ts';
import { startSite, titleOf } from './test-site.ts';

suite('waiting room', test => {
  test('in the order they came, also past who asks again at once; each address for itself', async () => {
    const enter = createWaitingRoom(50);
    const order: string[] = [];
    let isDone = false;
    async function script(): Promise<void> {
      while (!isDone) {
        await enter('a');
        order.push('script');
      }
    }
    const running = script();
    const passengers = Array.from({ length: 10 }, async (_, i) => {
      await enter('a');
      order.push(`passenger ${i}`);
    });
    await enter('b');
    order.push('another address');
    await Promise.all(passengers);
    isDone = true;
    await running;
    assert.is(order.indexOf('another address') <= 1, true);
    const known = order.filter(each => each !== 'another address');
    assert.equal(
      known.slice(1, 11),
      Array.from({ length: 10 }, (_, i) => `passenger ${i}`),
    );
  });

  test('a full one sends away; without a pace nobody waits', async () => {
    const enter = createWaitingRoom(0.1);
    await enter('a');
    try {
      await enter('a');
      assert.unreachable();
    } catch (error) {
      assert.equal(Object.entries(error as object), [
        ['statusCode', 429],
        ['retryAfterS', 10],
      ]);
    }
    await enter('b');
    const open = createWaitingRoom(Number.POSITIVE_INFINITY);
    for (let i = 0; i < 100; i++) await open('a');
  });

  test('on the site: who comes when it is full is told when to come again', async context => {
    const site = await startSite(context, { codesPerSecond: 0.1 });
    assert.is(titleOf(await askForCode(site.visitor(), lin)), '输入短信验证码');
    const { status, html } = await askForCode(site.visitor(), lin);
    assert.is(status, 429);
    assert.ok(html.includes('请在 10 秒后再试'));
  });
});
