/** The verdict table through the firmware's own wires: what is said, shown, sounded and journaled. */
import * as assert from 'uvu/assert';
import { renderFrame } from '../../../sim/media/frame.ts';
import { buildLinkCache } from '../../../sync/commands/links-command.ts';
import { readFleetKeys } from '../../../sync/fleet-keys.ts';
import { suite } from '../../harness.ts';
import type { Health } from './crowd.ts';
import { changeSettings, type Stand, startStand } from './stand.ts';

interface Expected {
  readonly verdict: string;
  readonly reason: string | null;
  readonly light: string;
  readonly passenger: readonly string[];
  readonly crew: readonly string[];
  readonly fare: boolean;
}

const board = { light: 'light green', passenger: ['请上车'], crew: ['请上车'], fare: true };
const abnormal = (status: string, text: string): Expected => ({
  verdict: 'abnormal',
  reason: status,
  light: 'light red',
  passenger: ['请联系司乘人员', '♪ ♪ ♪'],
  crew: ['健康码异常', text],
  fare: false,
});
const cannotVerify = (reason: string, text: string): Expected => ({
  verdict: 'cannot-verify',
  reason,
  light: 'light amber',
  passenger: ['暂时无法核验', '请出示健康宝'],
  crew: ['暂时无法核验', text],
  fare: true,
});

const enforced: Record<Health, Expected> = {
  green: { verdict: 'pass', reason: null, ...board },
  yellow: abnormal('yellow', '黄码'),
  red: abnormal('red', '红码'),
  popup: abnormal('popup', '弹窗'),
  unknown: cannotVerify('unknown-status', '该乘客健康码状态未知'),
  none: {
    verdict: 'not-found',
    reason: null,
    light: 'light amber',
    passenger: ['未查询到健康码信息', '请出示健康宝'],
    crew: ['未查询到健康码信息', '请人工查验'],
    fare: true,
  },
};

const healths = Object.keys(enforced) as Health[];
/** What only the crew may read. */
const shaming = /健康码异常|黄码|红码|弹窗|Yellow|Red code|Pop-up/;

/** Every way to present a passenger of this health. */
const ways: Record<string, (stand: Stand, health: Health) => ReturnType<Stand['tap']>> = {
  'T-Union card': (stand, health) => stand.tap(stand.crowd.tUnion(health)),
  'old Beijing card': (stand, health) => stand.tap(stand.crowd.bmac(health)),
  'scanner line in hex': (stand, health) => stand.scan(stand.crowd.code(health)),
  'scanner line in base64': (stand, health) =>
    stand.scan(Buffer.from(stand.crowd.code(health)).toString('base64')),
  'camera frame': (stand, health) => stand.show(renderFrame([stand.crowd.code(health)])),
};

async function presents(stand: Stand, way: string, health: Health, expected: Expected): Promise<void> {
  const before = stand.rows().length;
  const outcome = await ways[way]?.(stand, health);
  const what = `${way}, ${health}`;
  assert.is(outcome?.verdict, expected.verdict, what);
  const shown = await stand.shows('passenger', expected.light, ...expected.passenger);
  assert.not.match(shown, shaming, what);
  await stand.shows('crew', expected.light, ...expected.crew);
  const rows = stand.rows();
  assert.is(rows.length, before + 1, what);
  const row = rows.at(-1);
  assert.equal(
    [row?.verdict, row?.reason, row?.fare_taken, row?.seq, row?.token?.length],
    [expected.verdict, expected.reason, expected.fare ? 1 : 0, outcome?.seq, 8],
    what,
  );
  assert.is(row?.fare_fen, expected.fare ? 100 : 0, what);
}

suite('verdicts, enforced', test => {
  const shared = test.shared(context =>
    startStand(context, { camera: true, policy: { repeatWindowS: 600 } }),
  );

  for (const way of Object.keys(ways)) {
    test(`every health-code status by ${way}`, async () => {
      const stand = await shared();
      for (const health of healths) await presents(stand, way, health, enforced[health]);
    });
  }

  test('repeat within seconds, by the same medium; another medium of the same kind is none', async () => {
    const stand = await shared();
    const before = stand.rows().length;
    const card = stand.crowd.tUnion('green');
    await stand.tap(card);
    assert.is((await stand.tap(card)).verdict, 'repeat');
    await stand.shows('passenger', 'light amber', '请勿重复刷卡');
    assert.is((await stand.tap(stand.crowd.tUnion('green'))).verdict, 'pass');
    assert.equal(
      stand
        .rows()
        .slice(before)
        .map(row => [row.verdict, row.fare_taken]),
      [
        ['pass', 1],
        ['repeat', 0],
        ['pass', 1],
      ],
    );
  });

  test('a refused passenger may present again: refused again, never a repeat', async () => {
    const stand = await shared();
    const card = stand.crowd.bmac('red');
    for (let i = 0; i < 3; i++) assert.is((await stand.tap(card)).verdict, 'abnormal');
  });

  test('a used code is refused by either reader, past the repeat window and after a power cut too', async () => {
    const stand = await shared();
    const code = stand.crowd.phone('green').showCode({ at: Date.now(), validityS: 600 });
    assert.is((await stand.scan(code)).verdict, 'pass');
    await stand.cutPower(() => changeSettings(stand.office.files.policy, { repeatWindowS: 0 }));
    await stand.ready();
    const again = await stand.show(renderFrame([code]));
    assert.equal([again.verdict, again.reason], ['invalid', 'used']);
    await stand.shows('passenger', 'light red', '二维码已使用', '请刷新');
    assert.is((await stand.scan(code)).reason, 'used');
  });
});

suite('verdicts, data', test => {
  const shared = test.shared(context => startStand(context, { camera: true, data: 'stale' }));

  test('links too old: not even an unlinked passenger reads "not found"', async () => {
    const stand = await shared();
    assert.is((await stand.tap(stand.crowd.tUnion('none'))).reason, 'stale-links');
  });

  test('stale, half stale, future and missing data: cannot be verified, each with its reason', async () => {
    const stand = await shared();
    const [key] = readFleetKeys(stand.office.files.fleetKeys);
    const hourMs = 3_600_000;
    const asOf = (at: number) => buildLinkCache(stand.office.files.links, stand.crowd.links, key, at);
    const states: [() => unknown, string, Expected][] = [
      [() => undefined, '', cannotVerify('stale-links', '关联数据已过期')],
      [() => asOf(Date.now() - 2 * hourMs), 'links', cannotVerify('stale-status', '健康码数据已过期')],
      [() => stand.office.publish([], 'missing'), 'links', cannotVerify('no-data', '本机无健康码数据')],
      [() => asOf(Date.now() + 2 * hourMs), 'links', cannotVerify('future-data', '数据时间或本机时钟有误')],
      [() => stand.office.publish(stand.crowd.links, 'fresh'), 'links', enforced.green],
    ];
    for (const [change, event, expected] of states) {
      const from = stand.log.length;
      await change();
      if (event !== '') await stand.logged(event, from);
      for (const way of Object.keys(ways)) await presents(stand, way, 'green', expected);
    }
  });
});

suite('verdicts, not checked', test => {
  const usual = (reason: string): Expected => ({ verdict: 'not-checked', reason, ...board });

  test('on a line outside the pilot, whatever the health code and even without data', async context => {
    const stand = await startStand(context, { camera: true, line: '1', data: 'missing' });
    for (const health of healths) await presents(stand, 'T-Union card', health, usual('line'));
    await presents(stand, 'camera frame', 'red', usual('line'));
  });

  for (const phase of ['before', 'registration'] as const) {
    test(`in phase ${phase}`, async context => {
      const stand = await startStand(context, { phase });
      await presents(stand, 'old Beijing card', 'red', usual('date'));
      await presents(stand, 'scanner line in hex', 'none', usual('date'));
      assert.is(stand.rows().at(-1)?.phase, phase);
    });
  }
});

suite('verdicts, trial', test => {
  test('everything is computed and journaled, the manual check rules, the fare is taken', async context => {
    const stand = await startStand(context, { camera: true, phase: 'trial' });
    const trial = { light: 'light amber', passenger: ['测试中', '请出示健康宝'], fare: true };
    for (const way of ['T-Union card', 'camera frame']) {
      await presents(stand, way, 'green', enforced.green);
      for (const health of ['yellow', 'red', 'popup', 'unknown', 'none'] as const) {
        const { verdict, reason, crew } = enforced[health];
        await presents(stand, way, health, { verdict, reason, ...trial, crew: ['测试中', ...crew] });
      }
    }
    assert.ok(stand.rows().every(row => row.phase === 'trial'));
  });
});
