/** The Nextion driver before a simulated display, for its tests. */
import type { Screen, Tone } from '../../../../device/core/screen.ts';
import {
  createNextionDisplay,
  type NextionDisplayOptions,
} from '../../../../drivers/display/nextion/nextion.ts';
import { createNextionPort, type NextionPortOptions } from '../../../../sim/wires/nextion/nextion.ts';
import { type TestContext, until } from '../../../harness.ts';

export const identity = {
  name: 'front',
  audience: 'passenger',
  baudRate: 115_200,
  encoding: 'gb2312',
  answerTimeoutMs: 20_000,
} as const;

export const screen = (zh: string, tone: Tone = 'none'): Screen => ({
  light: 'green',
  tone,
  headline: { zh, en: 'Please board' },
  details: [{ zh: '票价 1.00 元', en: 'Fare 1.00 yuan' }],
});

type Start = NextionPortOptions & Partial<Pick<NextionDisplayOptions, 'encoding' | 'answerTimeoutMs'>>;

export async function start({ after }: TestContext, start: Start = {}) {
  const { encoding = 'gb2312', answerTimeoutMs = identity.answerTimeoutMs, ...options } = start;
  const nextion = await createNextionPort({ encoding, ...options });
  after(nextion.close);
  const display = createNextionDisplay({
    ...identity,
    encoding,
    answerTimeoutMs,
    path: `tcp://127.0.0.1:${nextion.port}`,
  });
  after(display.close);
  const log: string[] = [];
  display.open({
    ready: () => log.push('ready'),
    fault: error => log.push(`${error.kind}: ${error.message}`),
  });
  const shows = (...texts: string[]) =>
    until(`${texts.join(', ')} on the display`, () => {
      const shown = nextion.lines().join('\n');
      return texts.every(text => shown.includes(text));
    });
  return { nextion, display, log, shows };
}
