/** The firmware with two Nextion displays: what passenger and crew see and hear, and what happens when one fails. */
import * as assert from 'uvu/assert';
import { createNextionPort } from '../../../sim/wires/nextion/nextion.ts';
import { suite, until } from '../../harness.ts';
import type { Health } from './crowd.ts';
import { startStand } from './stand.ts';

interface Expected {
  readonly light: string;
  readonly passenger: readonly string[];
  readonly crew: readonly string[];
  readonly beeps: number;
}

const abnormal = (status: string): Expected => ({
  light: 'light red',
  passenger: ['请联系司乘人员', 'Please speak to the crew'],
  crew: ['健康码异常', 'Health code abnormal', status],
  beeps: 3,
});
const verdicts: Record<Health, Expected> = {
  green: {
    light: 'light green',
    passenger: ['请上车', 'Please board', '票价 1.00 元 Fare 1.00 yuan'],
    crew: ['请上车', 'Please board', '票价 1.00 元 Fare 1.00 yuan'],
    beeps: 1,
  },
  yellow: abnormal('黄码 Yellow code'),
  red: abnormal('红码 Red code'),
  popup: abnormal('弹窗 Pop-up'),
  unknown: {
    light: 'light amber',
    passenger: ['暂时无法核验', 'Cannot verify now', '请出示健康宝 Please show your Health Kit'],
    crew: [
      '暂时无法核验',
      '该乘客健康码状态未知',
      'Health-code status not known',
      '请人工查验 Check by hand',
    ],
    beeps: 2,
  },
  none: {
    light: 'light amber',
    passenger: ['未查询到健康码信息', 'No health code found', '请出示健康宝 Please show your Health Kit'],
    crew: ['未查询到健康码信息', 'No health code found', '请人工查验 Check by hand'],
    beeps: 2,
  },
};

suite('firmware with Nextion displays', test => {
  test('shows and sounds every verdict on the passenger’s and the crew’s', async context => {
    const stand = await startStand(context, { displays: 'nextion' });
    const { passenger, crew } = stand.post.screens;
    await stand.shows(
      'passenger',
      'light off',
      '请刷卡或扫码',
      'Tap your card or scan your code',
      '2路 Line 2',
    );
    for (const [health, expected] of Object.entries(verdicts) as [Health, Expected][]) {
      const before = [passenger.beeps, crew.beeps];
      await stand.tap(stand.crowd.tUnion(health));
      await stand.shows('passenger', expected.light, ...expected.passenger);
      await stand.shows('crew', expected.light, ...expected.crew);
      const heard = () => [passenger.beeps, crew.beeps].map((beeps, i) => beeps - (before[i] ?? 0));
      await until(`${health}: the tones`, () => heard().every(beeps => beeps === expected.beeps));
    }
    await stand.shows('passenger', 'light off', '请刷卡或扫码');
    assert.not.match(passenger.lines().join(), /元|健康/);
  });

  test('tells the crew of a Nextion that is mute or reset, and that it is mended; the last screen invites nobody', async context => {
    const nextions = { passenger: await createNextionPort(), crew: await createNextionPort() };
    const displays = (['passenger', 'crew'] as const).map(audience => {
      context.after(nextions[audience].close);
      return {
        name: audience,
        driver: 'nextion',
        audience,
        path: `tcp://127.0.0.1:${nextions[audience].port}`,
      };
    });
    const stand = await startStand(context, { settings: { displays } });
    const shows = (audience: 'passenger' | 'crew', text: string) =>
      until(`${audience}: ${text}`, () => nextions[audience].lines().join('\n').includes(text));
    await shows('passenger', '请刷卡或扫码');
    nextions.passenger.mute(true);
    await shows('crew', '显示屏故障 (passenger)');
    await until('the light', () => nextions.crew.light() === 'amber');
    await stand.tap(stand.crowd.tUnion('red'));
    await shows('crew', '健康码异常');
    nextions.passenger.mute(false);
    nextions.passenger.machine.powerOn();
    await shows('passenger', '请联系司乘人员');
    await until(
      'mended',
      () => nextions.crew.lines().join().includes('请刷卡或扫码') && nextions.crew.light() === 'off',
    );
    await stand.stop();
    for (const audience of ['passenger', 'crew'] as const) {
      assert.is(nextions[audience].lines()[0], '× 暂停服务');
      assert.is(nextions[audience].light(), 'red');
    }
  });
});
