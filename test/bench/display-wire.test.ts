/** The bench's far end of a display sees the notices that a real display draws. */
import { once } from 'node:events';
import { connect } from 'node:net';
import * as assert from 'uvu/assert';
import { frameOf } from '../../drivers/display/frame.ts';
import { suite } from '../harness.ts';
import { createDisplayWire } from './display-wire.ts';

suite('bench: display wire', test => {
  test('a screen with a light is a notice, one without is none', async ({ after }) => {
    const wire = await createDisplayWire();
    after(wire.close);
    const display = connect(wire.port, '127.0.0.1');
    await once(display, 'connect');
    after(() => display.destroy());
    for (const light of ['green', 'amber', 'red'] as const) {
      const noticed = wire.nextNotice();
      display.write(frameOf({ headline: { zh: '请刷卡', en: '' }, details: [], light: 'off', tone: 'none' }));
      display.write(frameOf({ headline: { zh: light, en: '' }, details: [], light, tone: 'one' }));
      assert.match((await noticed).text, light);
    }
  });
});
