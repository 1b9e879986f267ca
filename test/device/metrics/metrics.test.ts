/** The metrics as Prometheus reads them, and the files in docs/examples/monitoring/ that stand on them. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { alarmCodes, alarmWith } from '../../../device/alarms/alarms.ts';
import type { Verdict } from '../../../device/core/check.ts';
import { DeviceError } from '../../../device/kit/errors.ts';
import type { MetricsContext } from '../../../device/metrics/context.ts';
import { createMetrics } from '../../../device/metrics/metrics.ts';
import { createParts } from '../../../device/parts.ts';
import type { Presented } from '../../../device/tap/tap-report.ts';
import { suite, type TestContext } from '../../harness.ts';
import { promtool } from './promtool.ts';

const dayMs = 86_400_000;
const now = Date.parse('2022-06-10T08:00:00+08:00');
const monitoring = 'docs/examples/monitoring';
const silent = { debug() {}, info() {}, warn() {}, error() {} };

function watch({ after }: TestContext) {
  const at = { monotonic: 1_000_000 };
  const parts = createParts(silent);
  const listeners = new Set<(report: Presented) => void>();
  const queue = { lastSeq: 40, acknowledged: 40, day: Math.floor(now / dayMs) };
  const context = {
    ...{ version: '1.2.3', sm2Engine: 'native', parts, systemClock: () => now - 5000 },
    links: {
      describe: () => ({
        ...{ usable: true, version: 118, links: 12, slots: 10, denied: 3, keyId: 'k' },
        ...{ linksAsOf: now - 60_000, statusAsOf: now - 30_000 },
      }),
    },
    feed: {
      state: () => ({
        lastSuccess: { at: at.monotonic - 2000, how: 'none', version: 118 },
        problem: undefined,
      }),
    },
    uplink: {
      state: () => ({
        ...{ lastSeq: queue.lastSeq, answeredAt: at.monotonic - 1000, problem: undefined },
        progress: { acknowledged: queue.acknowledged, refused: { rows: 0, last: 0, newest: [] } },
      }),
    },
    journal: {
      current: () => ({
        count: () => ({ rows: 40, lastSeq: queue.lastSeq, lost: 0, openPurchases: 1 }),
        dayOf: () => queue.day,
      }),
    },
    validator: {
      onTap(listener: (report: Presented) => void) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    time: { now: () => now, isKnown: () => true, state: () => ({ source: 'gnss' }) },
    monotonic: () => at.monotonic,
  };
  const metrics = createMetrics(context as unknown as MetricsContext);
  after(metrics.close);
  /** A second later than before: what is asked sooner is the same text. */
  const scrape = () => {
    at.monotonic += 1000;
    return metrics.text();
  };
  const tap = (report: unknown) => {
    for (const listener of listeners) listener(report as Presented);
  };
  const taps = (verdict: Verdict, kind: string, more = {}) =>
    tap({ kind, seq: 1, tookMs: 120, decision: { verdict }, ...more });
  return { metrics, scrape, parts, queue, at, tap, taps };
}

/** @param series as it stands in the text */
function readingOf(text: string, series: string): number {
  const line = text.split('\n').find(each => each.startsWith(`${series} `));
  return line === undefined ? Number.NaN : Number(line.slice(series.length + 1));
}

const namesIn = (text: string) => [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name ?? '');

suite('metrics', test => {
  test('taps are counted by verdict and medium, cards that fail by why', async context => {
    const { scrape, tap, taps } = watch(context);
    taps({ verdict: 'pass' }, 't-union');
    taps({ verdict: 'pass' }, 't-union');
    taps({ verdict: 'invalid', presented: 'card', reason: 'unreadable' }, 'card');
    taps({ verdict: 'invalid', presented: 'code', reason: 'unsupported' }, 'code', { seq: undefined });
    tap({ lost: true, byReader: false, reader: 'card', at: now });
    tap({ lost: true, byReader: true, reader: 'card', at: now });
    tap({ reader: 'card', at: now, confirming: {} });
    const text = await scrape();
    const counted: readonly (readonly [string, number])[] = [
      ['fare_validator_taps_total{verdict="pass",medium="t-union"}', 2],
      ['fare_validator_taps_total{verdict="invalid",medium="unknown"}', 2],
      ['fare_validator_taps_total{verdict="alighted",medium="ride-code"}', 0],
      ['fare_validator_card_errors_total{reason="left"}', 1],
      ['fare_validator_card_errors_total{reason="unreadable"}', 1],
      ['fare_validator_card_errors_total{reason="unsupported"}', 0],
      ['fare_validator_reader_errors_total', 1],
      ['fare_validator_taps_not_journaled_total', 1],
      ['fare_validator_tap_duration_seconds_count{medium="t-union"}', 2],
      ['fare_validator_tap_duration_seconds_bucket{le="0.1",medium="t-union"}', 0],
      ['fare_validator_tap_duration_seconds_bucket{le="0.2",medium="t-union"}', 2],
    ];
    for (const [series, value] of counted) assert.is(readingOf(text, series), value, series);
  });

  test('an alarm is a series of its code, which is 0 while nobody has it', async context => {
    const { scrape, parts } = watch(context);
    const one = parts.add('card-reader', 'one');
    const two = parts.add('card-reader', 'two');
    for (const part of [one, two]) part.fault(new DeviceError('disconnected', '', 'no reader is plugged in'));
    const before = await scrape();
    assert.is(readingOf(before, 'fare_validator_alarm{code="R11"}'), 2);
    assert.is(readingOf(before, 'fare_validator_alarm{code="S01"}'), 0);
    assert.is(readingOf(before, 'fare_validator_service{service="none"}'), 1);
    one.ready();
    two.ready();
    const after = await scrape();
    assert.is(readingOf(after, 'fare_validator_alarm{code="R11"}'), 0);
    const codes = [...after.matchAll(/^fare_validator_alarm\{code="(\w+)"\}/gm)].map(([, code]) => code);
    assert.equal(codes, [...alarmCodes]);
  });

  test('the queue has its length and its age; after a restart at least what its oldest day comes to', async context => {
    const { scrape, queue, at } = watch(context);
    const age = async () => readingOf(await scrape(), 'fare_validator_journal_queued_age_seconds');
    assert.is(await age(), 0);
    queue.lastSeq = 47;
    assert.is(await age(), 0);
    at.monotonic += 89_000;
    assert.is(await age(), 90);
    queue.day -= 3;
    assert.is(await age(), 2 * 86_400 + (now % dayMs) / 1000);
    assert.is(readingOf(await scrape(), 'fare_validator_journal_queued_rows'), 7);
    queue.acknowledged = 47;
    assert.is(await age(), 0);
  });

  test('data, clock and uplink', async context => {
    const { scrape } = watch(context);
    const text = await scrape();
    const told: readonly (readonly [string, number])[] = [
      ['fare_validator_build_info{version="1.2.3",sm2="native"}', 1],
      ['fare_validator_feed_version', 118],
      ['fare_validator_status_age_seconds', 30],
      ['fare_validator_links_age_seconds', 60],
      ['fare_validator_links', 12],
      ['fare_validator_denied_media', 3],
      ['fare_validator_uplink_connected', 1],
      ['fare_validator_uplink_answer_age_seconds', 1],
      ['fare_validator_clock_offset_seconds', 5],
      ['fare_validator_clock_source{source="gnss"}', 1],
      ['fare_validator_clock_source{source="system"}', 0],
      ['fare_validator_journal_open_purchases', 1],
    ];
    for (const [series, value] of told) assert.is(readingOf(text, series), value, series);
    assert.ok(readingOf(text, 'fare_validator_disk_written_bytes_total') >= 0);
    assert.ok(readingOf(text, 'process_resident_memory_bytes') > 1e6);
  });

  test('no series comes from outside, and no label has what a medium or a settings file says', async context => {
    const { scrape, parts, taps } = watch(context);
    const seriesOf = (text: string) => text.split('\n').filter(line => /^fare_validator_/.test(line)).length;
    const before = seriesOf(await scrape());
    for (let i = 0; i < 500; i++) taps({ verdict: 'pass' }, `3104 ${i}`);
    parts.add('card-reader', 'a name of somebody').fault(new DeviceError('protocol', 'x', '310487001'));
    const text = await scrape();
    assert.is(seriesOf(text), before);
    assert.not.match(text, /somebody|3104/);
  });

  test('who asks again within a second is told the same', async context => {
    const { metrics, scrape, taps } = watch(context);
    const first = await scrape();
    taps({ verdict: 'pass' }, 'bmac');
    assert.is(await metrics.text(), first);
    assert.is.not(await scrape(), first);
  });

  test.needing(promtool, 'promtool finds nothing to say about names, types and helps', async context => {
    const { scrape } = watch(context);
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: await scrape(),
      encoding: 'utf8',
    });
    assert.equal([status, stdout + stderr], [0, '']);
  });

  for (const [what, args] of [
    ['the alert rules are good', ['check', 'rules', 'alerts.yaml']],
    ['they tell when they should, and not before', ['test', 'rules', 'alerts.test.yaml']],
    ['the example of Prometheus’s settings is good', ['check', 'config', 'prometheus.yaml']],
  ] as const) {
    test.needing(promtool, what, () => {
      const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: monitoring, encoding: 'utf8' });
      assert.is(status, 0, stdout + stderr);
    });
  }

  test('rules and dashboard ask only for metrics that there are', async context => {
    const { scrape } = watch(context);
    const names = namesIn(await scrape());
    const known = new Set([...names, ...names.map(name => `${name}_bucket`), 'up']);
    const asked = (text: string) => [
      ...new Set(
        text
          .replace(/"[^"]*"|\{\{[^}]*\}\}/g, '')
          .match(/\b(fare_validator_\w+|process_\w+|nodejs_\w+|up)\b/g),
      ),
    ];
    const rules = parse(readFileSync(join(monitoring, 'alerts.yaml'), 'utf8')).groups.flatMap(
      ({ rules: each }: { rules: { expr: string }[] }) => each.map(({ expr }) => expr),
    );
    const { panels } = JSON.parse(readFileSync(join(monitoring, 'dashboard.json'), 'utf8'));
    const exprs: string[] = panels.flatMap(({ targets }: { targets: { expr: string }[] }) =>
      targets.map(({ expr }) => expr),
    );
    assert.ok(rules.length >= 12 && exprs.length >= 18);
    for (const expr of [...rules, ...exprs]) {
      assert.ok(asked(expr).length > 0, expr);
      assert.equal(
        asked(expr).filter(name => !known.has(name)),
        [],
        expr,
      );
    }
  });

  test('each alarm is in the rule of its urgency', () => {
    const [{ rules }] = parse(readFileSync(join(monitoring, 'alerts.yaml'), 'utf8')).groups;
    for (const [alert, urgency] of [
      ['FareValidatorAlarmNow', 'now'],
      ['FareValidatorAlarmTerminus', 'terminus'],
      ['FareValidatorAlarmNight', 'night'],
      ['FareValidatorAlarmWeek', 'week'],
    ]) {
      const { expr } = rules.find((rule: { alert: string }) => rule.alert === alert);
      const [, codes = ''] = /code=~"([^"]*)"/.exec(expr) ?? [];
      const expected = alarmCodes.filter(code => alarmWith(code).urgency === urgency);
      assert.equal(codes.split('|').sort(), expected.sort(), alert);
    }
  });
});
