/** The Nextion driver before a simulated display, over TCP and over a real PTY; on a real one where TEST_NEXTION_PORT names it. */
import * as assert from 'uvu/assert';
import { createNextionDisplay } from '../../../../drivers/display/nextion/nextion.ts';
import { createNextionPort } from '../../../../sim/wires/nextion/nextion.ts';
import { testDisplay } from '../../../contract/display.ts';
import { suite, until } from '../../../harness.ts';
import { createPtyDevice } from '../../far-end.ts';
import { identity, screen } from './stand.ts';

for (const encoding of ['gb2312', 'utf-8'] as const) {
  testDisplay(`Nextion over TCP, ${encoding}`, async context => {
    const nextion = await createNextionPort({ encoding });
    context.after(nextion.close);
    const path = `tcp://127.0.0.1:${nextion.port}`;
    return {
      display: createNextionDisplay({ ...identity, encoding, path }),
      view: nextion,
      interrupt: async () => nextion.unplug(),
    };
  });
}

testDisplay(
  'Nextion on a tty',
  async context => {
    const nextion = await createNextionPort();
    context.after(nextion.close);
    const pty = createPtyDevice(context, `TCP:127.0.0.1:${nextion.port}`);
    await pty.plug();
    return {
      display: createNextionDisplay({ ...identity, path: pty.path }),
      view: nextion,
      async interrupt() {
        await pty.unplug();
        await pty.plug();
      },
    };
  },
  { needs: 'socat' },
);

const hardware = process.env.TEST_NEXTION_PORT;
if (hardware !== undefined) {
  suite('Nextion on hardware', test => {
    test('takes every light, tone and length of text, and confirms each', async ({ after }) => {
      const baudRate = Number(process.env.TEST_NEXTION_BAUD ?? 115_200);
      const display = createNextionDisplay({ ...identity, baudRate, path: hardware });
      after(display.close);
      const log: string[] = [];
      display.open({ ready: () => log.push('ready'), fault: error => log.push(error.message) });
      await until('ready', () => log.length > 0);
      for (const light of ['off', 'green', 'amber', 'red'] as const) {
        for (const tone of ['none', 'one', 'two', 'three', 'short', 'long'] as const) {
          display.show({ ...screen('请上车', tone), light });
          await new Promise(resolve => setTimeout(resolve, 800));
        }
      }
      const long = { zh: '未查询到健康码信息'.repeat(9), en: 'No health code found '.repeat(9) };
      display.show({ light: 'red', tone: 'long', headline: long, details: Array(9).fill(long) });
      await new Promise(resolve => setTimeout(resolve, 2000));
      assert.equal(log, ['ready']);
    });
  });
}
