/** The oracle's rules, row by row of README's verdict table. */
import * as assert from 'uvu/assert';
import { type Facts, type Outcome, usualRules } from '../../../sim/monkey/oracle-rules.ts';
import { faultOfScreen } from '../../../sim/monkey/oracle-screens.ts';
import { suite } from '../../harness.ts';

const plain: Facts = {
  medium: { is: 'taken', discount: 'ordinary', balanceFen: 5000 },
  isRepeat: false,
  isPilotLine: true,
  phase: 'enforced',
  data: 'fresh',
  health: 'green',
  isDenied: false,
  psam: 'works',
  ride: { is: 'single', owedFen: 0 },
};
const empty: Facts['medium'] = { is: 'taken', discount: 'ordinary', balanceFen: 20 };
const free: Facts['medium'] = { is: 'taken', discount: 'senior', balanceFen: 0 };
const student: Facts['medium'] = { is: 'taken', discount: 'student', balanceFen: 350 };
const expired: Facts['medium'] = { is: 'refused', reason: 'expired' };

const rows: readonly (readonly [row: string, facts: Partial<Facts>, outcome: string])[] = [
  ['pass', {}, 'pass 100'],
  ['pass of a code', { medium: { is: 'taken', discount: 'code' } }, 'pass 100'],
  ['pass of a student', { medium: student }, 'pass 50'],
  ['pass of a senior citizen with nothing on the purse', { medium: free }, 'pass 0'],
  ['abnormal', { health: 'yellow' }, 'abnormal yellow -'],
  ['abnormal', { health: 'red' }, 'abnormal red -'],
  ['abnormal', { health: 'popup' }, 'abnormal popup -'],
  ['not found', { health: 'none' }, 'not-found 100'],
  ['cannot verify: unknown', { health: 'unknown' }, 'cannot-verify unknown-status 100'],
  ['cannot verify: no data', { data: 'none', health: 'red' }, 'cannot-verify no-data 100'],
  ['cannot verify: old', { data: 'stale-links', health: 'none' }, 'cannot-verify stale-links 100'],
  ['cannot verify: old statuses', { data: 'stale-status', health: 'red' }, 'cannot-verify stale-status 100'],
  ['old statuses of nobody', { data: 'stale-status', health: 'none' }, 'not-found 100'],
  ['not checked: line', { isPilotLine: false, health: 'red' }, 'not-checked line 100'],
  ['not checked: date', { phase: 'registration', health: 'red' }, 'not-checked date 100'],
  ['not checked: long before', { phase: 'before', data: 'none' }, 'not-checked date 100'],
  ['invalid', { medium: expired, isRepeat: true, health: 'red' }, 'invalid expired -'],
  ['invalid: nothing on the purse', { medium: empty }, 'invalid insufficient-balance -'],
  ['an empty purse hides no red code', { medium: empty, health: 'red' }, 'abnormal red -'],
  [
    'in the trial it is the purse',
    { medium: empty, health: 'red', phase: 'trial' },
    'invalid insufficient-balance -',
  ],
  [
    'denied, whatever the code, the line and the phase',
    { isDenied: true, health: 'red' },
    'invalid denied -',
  ],
  ['denied: another line', { isDenied: true, isPilotLine: false }, 'invalid denied -'],
  ['denied: before', { isDenied: true, phase: 'before' }, 'invalid denied -'],
  ['denied: nothing on the purse', { isDenied: true, medium: empty }, 'invalid denied -'],
  ['a repeat comes first', { isDenied: true, isRepeat: true }, 'repeat -'],
  ['repeat', { isRepeat: true, health: 'red' }, 'repeat -'],
  ['trial: the fare is taken', { phase: 'trial', health: 'red' }, 'abnormal red 100'],
  ['on', { ride: { is: 'on' } }, 'pass 0'],
  ['on with too little', { ride: { is: 'on' }, medium: empty }, 'invalid insufficient-balance -'],
  ['on without a PSAM, free or not', { ride: { is: 'on' }, medium: free, psam: 'fails' }, 'invalid psam -'],
  ['off', { ride: { is: 'off', fullFen: 300 } }, 'alighted pass 150'],
  ['off of a student', { ride: { is: 'off', fullFen: 300 }, medium: student }, 'alighted pass 75'],
  [
    'off of a code',
    { ride: { is: 'off', fullFen: 0 }, medium: { is: 'taken', discount: 'code' } },
    'alighted pass 0',
  ],
  [
    'off with a red code, on the list',
    { ride: { is: 'off', fullFen: 200 }, health: 'red', isDenied: true },
    'alighted denied 100',
  ],
  ['off without a PSAM', { ride: { is: 'off', fullFen: 300 }, psam: 'fails' }, 'alighted pass 0'],
  ['again at the other door', { ride: { is: 'again' } }, 'repeat -'],
  ['what was left open is paid with it', { ride: { is: 'single', owedFen: 600 } }, 'pass 700'],
  ['a PSAM that serves nothing', { psam: 'fails' }, 'invalid psam -'],
  ['takes no part in what is free', { psam: 'fails', medium: free }, 'pass 0'],
  ['a card that leaves when it is to pay', { medium: { ...student, isTorn: true } }, 'card-lost -'],
  ['a card that leaves', { medium: { is: 'lost' }, isRepeat: true }, 'card-lost -'],
];

const inShort = ({ verdict, why, fareTaken, fareFen }: Outcome) =>
  [verdict, why, fareTaken ? fareFen : '-'].filter(part => part !== undefined).join(' ');

const shot = (light: string, ...lines: string[]) => ({ light, lines });

suite('oracle rules', test => {
  test('every row of the verdict table', () => {
    for (const [row, facts, expected] of rows) {
      assert.is(inShort(usualRules({ ...plain, ...facts })), expected, row);
    }
  });

  test('screens: the key texts and the light, nothing of the crew’s for passengers, no second headline', () => {
    const red = usualRules({ ...plain, health: 'red' });
    const look = (screen: ReturnType<typeof shot>, audience: 'passenger' | 'crew', phase: Facts['phase']) =>
      faultOfScreen(screen, audience, red, phase, 'card');
    assert.is(look(shot('red', '│ 请联系司乘人员 │'), 'passenger', 'enforced'), undefined);
    assert.is(look(shot('red', '健康码异常', '红码'), 'crew', 'enforced'), undefined);
    assert.match(String(look(shot('green', '请联系司乘人员'), 'passenger', 'enforced')), 'light');
    assert.match(String(look(shot('red', '请联系司乘人员', '红码'), 'passenger', 'enforced')), '红码');
    assert.match(String(look(shot('red', '请联系司乘人员', '请上车'), 'passenger', 'enforced')), '请上车');
    assert.match(String(look(shot('red', '健康码异常', '黄码'), 'crew', 'enforced')), '红码');
    assert.is(look(shot('amber', '测试中', '请出示健康宝'), 'passenger', 'trial'), undefined);
    assert.match(String(look(shot('red', '请联系司乘人员'), 'passenger', 'trial')), 'light');
    const pass = usualRules(plain);
    const paid = (fare: string) =>
      faultOfScreen(shot('green', '请上车', fare), 'passenger', pass, 'enforced', 'card');
    assert.is(paid('票价 1.00 元'), undefined);
    assert.match(String(paid('票价 2.00 元')), '票价1.00元');
  });
});
