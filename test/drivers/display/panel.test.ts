/** The panel driver before a simulated panel, over TCP and over a real PTY; on a real panel where one is named. */
import * as assert from 'uvu/assert';
import { createPanelDisplay } from '../../../drivers/display/panel/panel.ts';
import { createPanelPort } from '../../../sim/wires/panel/panel.ts';
import { displayContract } from '../../contract/display.ts';
import { suite, until } from '../../harness.ts';
import { createPtyDevice } from '../far-end.ts';
import { identity, screen } from './panel-stand.ts';

for (const encoding of ['gb2312', 'utf-8'] as const) {
  displayContract(`panel over TCP, ${encoding}`, async () => {
    const panel = await createPanelPort({ encoding });
    const path = `tcp://127.0.0.1:${panel.port}`;
    return {
      display: createPanelDisplay({ ...identity, encoding, path }),
      view: panel,
      interrupt: async () => panel.unplug(),
      close: panel.close,
    };
  });
}

displayContract(
  'panel on a tty',
  async context => {
    const panel = await createPanelPort();
    const pty = createPtyDevice(context, `TCP:127.0.0.1:${panel.port}`);
    await pty.plug();
    return {
      display: createPanelDisplay({ ...identity, path: pty.path }),
      view: panel,
      async interrupt() {
        await pty.unplug();
        await pty.plug();
      },
      async close() {
        await pty.unplug();
        await panel.close();
      },
    };
  },
  'socat',
);

const hardware = process.env.TEST_PANEL_PORT;
if (hardware !== undefined) {
  suite('panel on hardware', test => {
    test('takes every light, tone and length of text, and confirms each', async ({ after }) => {
      const baudRate = Number(process.env.TEST_PANEL_BAUD ?? 115_200);
      const display = createPanelDisplay({ ...identity, baudRate, path: hardware });
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
