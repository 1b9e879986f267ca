import * as assert from 'uvu/assert';
import { verdicts } from '../../../device/core/verdict-names.ts';
import { commandHelp } from '../../../sim/bus/commands/commands.ts';
import { readViewOptions } from '../../../sim/bus/commands/view-options.ts';
import { lineStops } from '../../../sim/bus/line-stops.ts';
import { answerOf } from '../../../sim/panel/page/answer-text.ts';
import { inItsWords } from '../../../sim/panel/page/command-words.ts';
import { completionsOf, helpFor } from '../../../sim/panel/page/completion.ts';
import { outcomeText } from '../../../sim/panel/page/outcome-text.ts';
import { placeOnLine } from '../../../sim/panel/page/place-on-line.ts';
import { partsOf } from '../../../sim/panel/page/screen-parts.ts';
import { viewOptions, withOption } from '../../../sim/panel/page/view-options.ts';
import type { CommandDone } from '../../../sim/panel/protocol.ts';
import { recordHelp } from '../../../sim/panel/recording.ts';
import { reasons } from '../../../sim/scenarios/format/reason-names.ts';
import { suite } from '../../harness.ts';
import { fakeScreens, fakeState } from './fake-state.ts';

const known = fakeState(0);
const [first, second] = lineStops;

suite('parts of the panel page', test => {
  test('what can be typed next is told from the help', () => {
    assert.equal(completionsOf('ta', known), ['tap']);
    assert.equal(completionsOf('tap r', known), ['tap rear']);
    assert.equal(completionsOf('tap rear zhao', known), ['tap rear zhao-senior']);
    assert.equal(completionsOf('tap rear wang sl', known), ['tap rear wang slow']);
    assert.equal(completionsOf('health wang p', known), ['health wang popup']);
    assert.equal(completionsOf('gnss front f', known), ['gnss front fix']);
    assert.equal(completionsOf('gnss front st', known), ['gnss front stopped-clock', 'gnss front stop']);
    assert.equal(completionsOf('gnss front stop 2-10', known), []);
    assert.equal(completionsOf('gnss front stop 2-1', known), ['gnss front stop 2-10']);
    assert.equal(completionsOf('nonsense ', known), []);
    assert.match(helpFor('tap rear', known)?.command ?? '', 'PASSENGER');
  });

  test('the bus stands where it is on the line', () => {
    assert.is(placeOnLine(lineStops, first), 0);
    assert.is(placeOnLine(lineStops, lineStops.at(-1) ?? first), lineStops.length - 1);
    assert.ok(second !== undefined);
    const between = { lat: (first.lat + second.lat) / 2, lon: (first.lon + second.lon) / 2 };
    assert.ok(Math.abs(placeOnLine(lineStops, between) - 0.5) < 0.01);
    assert.is(
      placeOnLine(lineStops, { ...first, lat: first.lat - 0.05 }),
      0,
      'off the line: at its nearest end',
    );
  });

  test('a screen is told apart; one without a box begins with its headline', () => {
    assert.equal(partsOf(fakeScreens.abnormal.lines), {
      headline: ['健康码异常', 'Health code abnormal'],
      details: [['红码', 'Red code']],
      tone: '♪ ♪ ♪',
    });
    assert.equal(partsOf(['请上车', 'Please board', '2路']).headline, ['请上车', 'Please board']);
    assert.equal(partsOf([]), { headline: [], details: [], tone: '' });
  });

  test('what a presentation came to: in Chinese with the English word, which scenarios want', () => {
    for (const verdict of verdicts) {
      for (const reason of reasons) {
        const outcome = { event: 'tap', verdict, reason };
        assert.is(outcomeText(outcome, 'en').text, `${verdict} · ${reason}`);
        const chinese = outcomeText(outcome, 'zh').text.replaceAll(/\p{Script=Han}+ /gu, '# ');
        assert.is(chinese, `# ${verdict} · # ${reason}`);
      }
    }
    const abnormal = { event: 'tap', verdict: 'abnormal', status: 'red' };
    assert.equal(outcomeText(abnormal, 'zh'), { mood: 'bad', text: '异常 abnormal · 红码 red' });
    assert.is(outcomeText({ event: 'card-lost' }, 'zh').text, '卡片离开过早 card-lost');
    assert.is(
      outcomeText({ event: 'tap', verdict: 'pass', reason: 'toString' }, 'zh').text,
      '通过 pass · toString',
    );
  });

  test('all that can be typed has its help in Chinese', () => {
    const withoutChinese = [...commandHelp(), recordHelp].filter(
      help => !/\p{Script=Han}/u.test(inItsWords(help, 'zh').help),
    );
    assert.equal(withoutChinese, []);
  });

  test('outcomes are Chinese sentences in Chinese; why something was not done, too', () => {
    const said = (outcome: CommandDone['outcome']) => outcomeText(outcome, 'zh').text;
    assert.is(
      said({ event: 'health', passenger: 'wang', health: 'red', version: 5 }),
      'wang 的健康码改为红码 red，已发布数据源 v5',
    );
    assert.is(
      said({ event: 'unplugged', validator: 'rear', wire: 'crew-voice' }),
      '后门：司乘扬声器的线断开，接上后刷卡机会自行重新连接',
    );
    assert.is(
      said({ event: 'clock-set', validator: 'front', aheadS: -60 }),
      '前门：已重新启动，系统时钟慢 60 秒',
    );
    assert.is(
      said({ event: 'error', message: 'there is no passenger x: type list' }),
      '未执行：没有乘客 x，输入 list 查看全部乘客',
    );
    assert.is(
      said({ event: 'error', message: 'there is no passenger wnag: did you mean wang?' }),
      '未执行：没有乘客 wnag，是否为 wang？',
    );
    assert.is(said({ event: 'error', message: 'something else' }), '未执行：something else');
    assert.is(said({ event: 'toString', of: 'nothing' }), 'toString · of nothing');
    const ride = {
      city: '1000',
      line: '38',
      stop: 1,
      bus: 'A1',
      at: '2022-06-01T00:00:00.000Z',
      mostFen: 600,
    };
    const purse = { event: 'purse', passenger: 'wang', balanceFen: 4850, ride, log: [] };
    assert.is(said(purse), 'wang 的卡：余额 48.50 元，有未结束的行程');
    assert.is(said({ ...purse, ride: null }), 'wang 的卡：余额 48.50 元，没有未结束的行程');
    assert.is(outcomeText(purse, 'en').text, 'purse · passenger wang · balanceFen 4850 · a ride · 0 log');
    assert.equal(answerOf(purse, 'zh', []), [
      '未结束的行程：38 路 · 第 1 站 · 2022-06-01 08:00:00 · 未下车刷卡时扣 ¥6.00',
    ]);
    assert.is(said({ event: 'psam', validator: 'front', state: 'out' }), '前门：PSAM 拔下');
    assert.is(said({ event: 'help', shortened: true }), '答复较长，请再做一次查看');
  });

  test('each slider goes no further than the bus allows, and its usual place says nothing', () => {
    for (const option of viewOptions) {
      for (const value of [option.min, option.max]) {
        const words = withOption('', option, value).split(' ').filter(Boolean);
        assert.is(Object.keys(readViewOptions(words)).length, value === option.usual ? 0 : 1, option.name);
      }
    }
    const blurred = withOption('rotationDeg=5', viewOptions[0], 2);
    assert.is(blurred, 'rotationDeg=5 blurPixels=2');
    assert.is(withOption(blurred, viewOptions[0], 0), 'rotationDeg=5');
  });
});
