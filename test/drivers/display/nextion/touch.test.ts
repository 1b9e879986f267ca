import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { createNextionDisplay } from '../../../../drivers/display/nextion/nextion.ts';
import { confirmComponent } from '../../../../sim/wires/nextion/machine.ts';
import { createNextionPort } from '../../../../sim/wires/nextion/nextion.ts';
import { suite, type TestContext, until } from '../../../harness.ts';
import { identity, screen } from './stand.ts';

suite('nextion: the crew’s key', test => {
  async function opened(context: TestContext, confirm?: typeof confirmComponent) {
    const nextion = await createNextionPort();
    context.after(nextion.close);
    const path = `tcp://127.0.0.1:${nextion.port}`;
    const display = createNextionDisplay({ ...identity, audience: 'crew', path, confirm });
    context.after(display.close);
    const faults: string[] = [];
    let touches = 0;
    let isReady = false;
    display.open({
      ready: () => (isReady = true),
      fault: error => faults.push(error.message),
      touched: () => touches++,
    });
    await until('ready', () => isReady);
    return { nextion, display, faults, touches: () => touches };
  }

  test('its press is told, and a screen is drawn all the same', async context => {
    const { nextion, display, faults, touches } = await opened(context, confirmComponent);
    for (const count of [1, 2]) {
      display.show(screen(`查验${count}`));
      nextion.touch?.();
      await until('the touch', () => touches() === count);
      await until('the screen', () => nextion.lines().join().includes(`查验${count}`));
    }
    assert.equal(faults, []);
  });

  test('other components, pages and releases are none, nor is what noise makes of a touch', async context => {
    const { nextion, faults, touches } = await opened(context, confirmComponent);
    const { page, component } = confirmComponent;
    const end = [0xff, 0xff, 0xff];
    const others = [
      [0x65, page, component + 1, 1],
      [0x65, page + 1, component, 1],
      [0x65, page, component, 0],
      [0x65, page, component, 1, 1],
      [0x65, page, component],
      [0x67, page, component, 1],
      [0, 0x65, page, component, 1],
    ];
    for (const message of others) nextion.noise(Buffer.of(...message, ...end));
    nextion.noise(Buffer.of(0x65, page, component, 1, 0xff, 0xff, 0x00, ...end));
    await sleep(300);
    assert.is(touches(), 0);
    nextion.touch?.();
    await until('the touch', () => touches() === 1);
    assert.equal(faults, []);
  });

  test('without a key in the settings a touch is nobody’s', async context => {
    const { nextion, touches } = await opened(context);
    nextion.touch?.();
    await sleep(300);
    assert.is(touches(), 0);
  });
});
