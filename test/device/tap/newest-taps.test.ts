import * as assert from 'uvu/assert';
import { noticeFor } from '../../../device/core/notice.ts';
import { createNewestTaps } from '../../../device/tap/newest-taps.ts';
import { logTap, type TapReport } from '../../../device/tap/tap-report.ts';
import { suite } from '../../harness.ts';

const decision: TapReport['decision'] = {
  verdict: { verdict: 'abnormal', status: 'red' },
  phase: 'enforced',
  fareTaken: false,
  fareFen: 100,
};

function report(changes: Partial<TapReport> = {}): TapReport {
  return {
    reader: 'card',
    at: 1_654_000_000_000,
    tookMs: 3,
    steps: [],
    kind: 't-union',
    token: '0102030405060708',
    lastDigits: '42',
    seen: 'new',
    link: undefined,
    decision,
    seq: 7,
    notice: noticeFor(decision),
    paidFen: undefined,
    whyNotPaid: undefined,
    ...changes,
  };
}

suite('newest taps', test => {
  test('the last ten, the newest first, with what a dispute needs', () => {
    const taps = createNewestTaps();
    for (let seq = 1; seq <= 15; seq++) taps.note(report({ seq }));
    const list = taps.list();
    assert.equal(
      list.map(({ seq }) => seq),
      [15, 14, 13, 12, 11, 10, 9, 8, 7, 6],
    );
    const { medium, lastDigits, verdict, reason, fareTaken } = list[0] ?? {};
    assert.equal(
      { medium, lastDigits, verdict, reason, fareTaken },
      { medium: 't-union', lastDigits: '42', verdict: 'abnormal', reason: 'red', fareTaken: false },
    );
    assert.not.match(JSON.stringify(list), '0102030405060708');
  });

  test('a card that left too soon is among them; a crew card is not; nothing is paid without a row', () => {
    const taps = createNewestTaps();
    taps.note({ lost: true, byReader: false, reader: 'card', at: 5 });
    taps.note({ reader: 'card', at: 6, confirming: { outcome: 'nothing' } });
    taps.note(report({ seq: undefined, decision: { ...decision, fareTaken: true } }));
    assert.equal(
      taps.list().map(({ verdict, fareTaken, seq }) => [verdict, fareTaken, seq]),
      [
        ['abnormal', false, undefined],
        ['present-again', false, undefined],
      ],
    );
  });

  test('the last digits are in no line of the log', () => {
    const lines: string[] = [];
    const write = (event: string, fields?: unknown) => void lines.push(JSON.stringify([event, fields]));
    const log = { debug: write, info: write, warn: write, error: write };
    for (const seq of [7, undefined]) logTap(report({ lastDigits: '☂☂', seq }), log, '2-01');
    assert.is(lines.length, 2);
    assert.not.match(lines.join(), '☂');
  });
});
