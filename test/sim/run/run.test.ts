import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { type Line, runBus, runBusInParts, verdicts } from './run-bus.ts';

/** Without its frame and the light's sign. */
const headline = ({ passengerScreen }: Line) => {
  const { lines } = passengerScreen as { lines: string[] };
  return lines[1]?.replace(/[│\s✓!✗]/g, '');
};

const cards = [
  'wang',
  'li-student',
  'zhao-senior',
  'chen-old-card',
  'sun-yellow',
  'zhou-red',
  'zheng-unknown',
];
const others = [
  'feng-not-linked',
  'lu-expired',
  'shi-blacklisted',
  'zhang-empty',
  'kong-door-card',
  'cao-bank-card',
];
const phones = ['wu-popup', 'zhu-phone', 'qin-old-code', 'he-alipay'];

/** In an order in which none disturbs the next; after five seconds no tap is a repeat. */
const parts = {
  everybody: [
    ...[...cards, ...others].map(who => `tap front ${who}`),
    ...phones.map(who => `scan front ${who}`),
    'show rear zhu-phone rotationDeg=15 blurPixels=0.6 noise=5',
  ],
  changes: [
    'wait 5',
    'health wang red',
    'tap front wang',
    'health wang none',
    'tap rear wang',
    'data stale',
    'tap front chen-old-card',
    'data missing',
    'tap rear chen-old-card',
    'data fresh',
    'tap front li-student leaves-half-way',
    'tap front li-student',
    'explain rear sun-yellow',
  ],
  press: [
    'wait 5',
    'tap front feng-not-linked',
    'bytes front confirm-key 0d',
    'wait 5',
    'tap front feng-not-linked',
  ],
  satellites: [
    'wait 3',
    'tap front wang',
    'gnss front stop 2-07',
    'wait 2',
    'tap front li-student',
    'gnss front at 40.5,117',
    'wait 2',
    'tap front zhao-senior',
    'gnss front drive 60',
    'gnss rear offset 7200',
    'wait 2',
    'console rear gnss',
    'gnss rear silent',
    'wait 8',
    'unplug rear gnss',
  ],
};

suite('simulated bus', test => {
  const shared = test.shared(context => runBusInParts(context, parts));

  test('every passenger of the usual list at the front, by the way each has', async () => {
    const { code, said } = await shared();
    const events = said.everybody;
    assert.is(code, 0);
    assert.equal(verdicts(events), [
      'wang: pass',
      'li-student: pass',
      'zhao-senior: pass',
      'chen-old-card: pass',
      'sun-yellow: abnormal yellow',
      'zhou-red: abnormal red',
      'zheng-unknown: cannot-verify unknown-status',
      'feng-not-linked: not-found',
      'lu-expired: invalid expired',
      'shi-blacklisted: invalid blacklisted',
      'zhang-empty: invalid insufficient-balance',
      'kong-door-card: invalid unsupported',
      'cao-bank-card: invalid unsupported',
      'wu-popup: abnormal popup',
      'zhu-phone: pass',
      'qin-old-code: invalid expired',
      'he-alipay: invalid unsupported',
      'zhu-phone: pass',
    ]);
    const taps = events.filter(({ answer }) => answer === 'tap');
    const headlines = [
      '请上车',
      '请联系司乘人员',
      '暂时无法核验',
      '未查询到健康码信息',
      '此卡已过有效期',
      '无效码',
    ];
    assert.is(events[0]?.event, 'panel');
    assert.match(String(events[0]?.url), /^http:\/\/127\.0\.0\.1:\d+$/);
    const shown = taps.map(headline);
    for (const text of headlines) assert.ok(shown.includes(text), text);
    // What a card pays has a row of its own.
    const rows = taps.slice(0, 17).map(({ paidFen }) => (paidFen === undefined ? 1 : 2));
    assert.equal(
      taps.map(tap => tap.seq),
      [...rows.map((_, i) => 1 + rows.slice(0, i).reduce((sum, count) => sum + count, 0)), 1],
    );
    assert.equal(
      taps.flatMap(({ passenger, paidFen }) => (paidFen === undefined ? [] : [`${passenger} ${paidFen}`])),
      ['wang 100', 'li-student 50', 'chen-old-card 100', 'zheng-unknown 100', 'feng-not-linked 100'],
    );
  });

  test('a changed health code, stale and missing data, a card that leaves, a power cut', async () => {
    const { code, said } = await shared();
    const events = said.changes;
    assert.is(code, 0);
    assert.equal(verdicts(events), [
      'wang: abnormal red',
      'wang: not-found',
      'chen-old-card: cannot-verify stale-status',
      'chen-old-card: cannot-verify no-data',
      'li-student: card-lost',
      'li-student: pass',
    ]);
    const explained = events.find(({ answer }) => answer === 'explained');
    assert.match(String(explained?.text), /verdict\s+abnormal \(yellow\)/);
    assert.is(explained?.status, 'yellow');
    const checks = explained?.checks as readonly object[];
    assert.ok(
      checks.some(check => JSON.stringify(check) === '{"ok":true,"check":"valid to","detail":"2040-12-31"}'),
    );
  });

  test('a satellite receiver that moves, lies and fails', async () => {
    const { code, said } = await shared();
    const events = said.satellites;
    assert.is(code, 0);
    const taps = events.filter(({ answer }) => answer === 'tap');
    assert.equal(
      taps.map(({ stop }) => stop),
      ['2-01', '2-07', undefined],
    );
    const [told = ''] = /time .*/.exec(String(events.find(({ answer }) => answer === 'console')?.text)) ?? [];
    const lieMs =
      Date.parse(
        told
          .replace(/^time +/, '')
          .replace(' ', 'T')
          .replace(' ', ''),
      ) - Date.now();
    assert.ok(Math.abs(lieMs - 7_200_000) < 60_000, told);
    assert.ok(
      events.some(({ event, part, kind }) => event === 'part-fault' && part === 'gnss' && kind === 'timeout'),
    );
  });

  test('every line is the answer to a command, in their order, or an event', async () => {
    const { events } = await shared();
    assert.equal(
      events.flatMap(({ id }) => id ?? []),
      Object.values(parts)
        .flat()
        .map((_, i) => i + 1),
    );
    assert.ok(events.every(({ event, answer }) => (event === undefined) !== (answer === undefined)));
  });

  test('trial, another line, a passenger list of one’s own', async context => {
    const list = join(temporaryDirectory(context), 'passengers.yaml');
    writeFileSync(list, 'passengers:\n  - {id: zhao, medium: bmac, health: red}\n');
    const tap = ['tap front zhao'];
    const trial = await runBus(context, tap, '--passengers', list, '--phase', 'trial');
    assert.equal(verdicts(trial.events), ['zhao: abnormal red']);
    assert.is(headline(trial.events.find(({ answer }) => answer === 'tap') as Line), '测试中');
    const elsewhere = await runBus(context, tap, '--passengers', list, '--line', '300', '--no-panel');
    assert.not(elsewhere.events.some(({ event }) => event === 'panel'));
    assert.equal(verdicts(elsewhere.events), ['zhao: not-checked line']);
  });

  test('a press that no command made is an event', async () => {
    const { code, said } = await shared();
    const events = said.press;
    assert.is(code, 0);
    const pressed = events.filter(({ event }) => event === 'confirm');
    assert.equal(
      pressed.map(({ by, outcome, row }) => [by, outcome, row]),
      [['key', 'confirmed', events.find(({ answer }) => answer === 'tap')?.seq]],
    );
    assert.equal(verdicts(events).at(-1), 'feng-not-linked: checked-by-hand not-found');
  });
});
