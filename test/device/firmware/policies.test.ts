/** The policy decides: dates, lines, freshness, repeat window and fares come from its file, and change the verdict. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { parse, stringify } from 'yaml';
import { type BusTime, createBusTime } from '../../../sim/bus/bus-time.ts';
import { suite, until } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { type Stand, startStand } from './stand.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Beijing time with its offset, as people write a policy. */
const beijing = (ms: number) => new Date(ms + 8 * hourMs).toISOString().replace('Z', '+08:00');

async function underPolicy(stand: Stand, changes: Readonly<Record<string, unknown>>): Promise<void> {
  const { policy } = stand.office.files;
  await stand.cutPower(() => {
    const before: Record<string, unknown> = parse(readFileSync(policy, 'utf8'));
    writeFileSync(policy, stringify({ ...before, ...changes }));
  });
  await stand.ready();
}

/** The satellites are silent meanwhile: the validator would take an old time of theirs for a new one. */
async function letTimeGoBy({ post }: Stand, time: BusTime, ms: number): Promise<void> {
  post.gnss.hold(true);
  await sleep(500);
  time.putOn(ms);
  post.gnss.hold(false);
}

const dates = (registration: number, trial: number, enforced: number) => ({
  registrationFrom: beijing(registration),
  trialFrom: beijing(trial),
  enforcedFrom: beijing(enforced),
});

suite('policies', test => {
  test('the same passenger through the phases, as the dates go by', async context => {
    const stand = await startStand(context);
    const now = Date.now();
    const phases: [string, ReturnType<typeof dates>, string, string][] = [
      ['before', dates(now + dayMs, now + 2 * dayMs, now + 3 * dayMs), 'not-checked', '请上车'],
      ['registration', dates(now - dayMs, now + dayMs, now + 2 * dayMs), 'not-checked', '请上车'],
      ['trial', dates(now - 2 * dayMs, now - dayMs, now + dayMs), 'abnormal', '测试中'],
      ['enforced', dates(now - 3 * dayMs, now - 2 * dayMs, now - 1000), 'abnormal', '请联系司乘人员'],
    ];
    for (const [phase, changes, verdict, text] of phases) {
      await underPolicy(stand, changes);
      const outcome = await stand.tap(stand.crowd.tUnion('red'));
      assert.equal([outcome.phase, outcome.verdict], [phase, verdict]);
      await stand.shows('passenger', text);
      assert.match(await stand.ask('status'), phase);
    }
  });

  test('the day begins without a restart: trial becomes enforced by the clock', async context => {
    const time = createBusTime(join(temporaryDirectory(context), 'time'));
    context.after(time.close);
    const stand = await startStand(context, { time });
    const now = time.now();
    await underPolicy(stand, dates(now - 2 * dayMs, now - dayMs, now + hourMs / 2));
    const before = await stand.tap(stand.crowd.tUnion('red'));
    assert.equal([before.phase, before.fareTaken], ['trial', true]);
    await letTimeGoBy(stand, time, hourMs / 2);
    await until('the day', async () => /; enforced\)/.test(await stand.ask('status')));
    const after = await stand.tap(stand.crowd.tUnion('red'));
    assert.equal([after.phase, after.fareTaken], ['enforced', false]);
  });

  test('lines, freshness, repeat window and fares', async context => {
    const stand = await startStand(context, { line: '特7' });
    assert.is((await stand.tap(stand.crowd.tUnion('red'))).reason, 'line');
    await stand.shows('passenger', '特7路');
    await underPolicy(stand, { lines: ['特7', 2], repeatWindowS: 0 });
    const card = stand.crowd.tUnion('green');
    for (let i = 0; i < 2; i++) assert.is((await stand.tap(card)).verdict, 'pass', 'no window, no repeat');
    await underPolicy(stand, { freshness: { statusMaxAgeS: 0.5, linksMaxAgeS: 86_400 } });
    assert.is((await stand.tap(stand.crowd.tUnion('green'))).reason, 'stale-status');
    assert.match(await stand.ask('status'), 'health-code status is');
    const payPercent = {
      rideCode: 80,
      ordinary: 100,
      student: 25,
      senior: 0,
      test: 0,
      military: 0,
      unknown: 100,
    };
    await underPolicy(stand, {
      freshness: { statusMaxAgeS: 3600, linksMaxAgeS: 86_400 },
      fare: { baseFen: 300, minimumBalanceFen: 1000, payPercent },
    });
    assert.is((await stand.tap(stand.crowd.tUnion('green'))).fareFen, 300);
    assert.is((await stand.scan(stand.crowd.code('green'))).fareFen, 240);
    const poor = stand.crowd.tUnion('green', { balanceFen: 999 });
    assert.is((await stand.tap(poor)).reason, 'insufficient-balance');
  });
});
