/** A panel driver before a simulated panel, for the tests of the panel. */
import type { Screen, Tone } from '../../../device/core/notice.ts';
import { createPanelDisplay, type PanelDisplayOptions } from '../../../drivers/display/panel/panel.ts';
import { createPanelPort, type PanelPortOptions } from '../../../sim/wires/panel/panel.ts';
import { type TestContext, until } from '../../harness.ts';

export const identity = {
  name: 'front',
  audience: 'passenger',
  baudRate: 115_200,
  encoding: 'gb2312',
} as const;

export const screen = (zh: string, tone: Tone = 'none'): Screen => ({
  light: 'green',
  tone,
  headline: { zh, en: 'Please board' },
  details: [{ zh: '票价 1.00 元', en: 'Fare 1.00 yuan' }],
});

type Start = PanelPortOptions & Pick<Partial<PanelDisplayOptions>, 'encoding'>;

export async function start({ after }: TestContext, { encoding = 'gb2312', ...options }: Start = {}) {
  const panel = await createPanelPort({ encoding, ...options });
  after(panel.close);
  const display = createPanelDisplay({ ...identity, encoding, path: `tcp://127.0.0.1:${panel.port}` });
  after(display.close);
  const log: string[] = [];
  display.open({
    ready: () => log.push('ready'),
    fault: error => log.push(`${error.kind}: ${error.message}`),
  });
  const shows = (...texts: string[]) =>
    until(`${texts.join(', ')} on the panel`, () => {
      const shown = panel.lines().join('\n');
      return texts.every(text => shown.includes(text));
    });
  return { panel, display, log, shows };
}
