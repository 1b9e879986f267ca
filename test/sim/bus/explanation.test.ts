import * as assert from 'uvu/assert';
import { readExplanation } from '../../../sim/bus/explanation.ts';
import { suite } from '../../harness.ts';

const text = `present a card or a code within 120 s (Ctrl-C ends the wait)
note: scanner: a code that is no ride code
presented  t-union at card, 2026-11-30 05:19:18 +08:00
token      67009081fa967060
ok         card read: t-union, city 1000, ordinary, balance 50.00 yuan
FAILED     valid to: 2022-01-31
link       red, status as of 2026-11-30 05:19:16 +08:00, links as of 2026-11-30 05:19:17 +08:00
verdict    abnormal (red)
denied     on the list of denied media
fare       1.00 yuan
journal    seq 7
shown      请联系司乘人员 / crew: 健康码异常
took       12.5 ms`;

suite('what explain prints, as data', test => {
  test('each line in its parts', () => {
    assert.equal(readExplanation(text), {
      medium: 't-union',
      reader: 'card',
      at: '2026-11-30T05:19:18+08:00',
      token: '67009081fa967060',
      link: {
        found: true,
        status: 'red',
        statusAsOf: '2026-11-30T05:19:16+08:00',
        linksAsOf: '2026-11-30T05:19:17+08:00',
      },
      verdict: 'abnormal',
      status: 'red',
      denied: true,
      fareTaken: true,
      fareFen: 100,
      seq: 7,
      shown: { passenger: '请联系司乘人员', crew: '健康码异常' },
      tookMs: 12.5,
      checks: [
        { ok: true, check: 'card read', detail: 't-union, city 1000, ordinary, balance 50.00 yuan' },
        { ok: false, check: 'valid to', detail: '2022-01-31' },
      ],
      notes: ['scanner: a code that is no ride code'],
    });
  });

  test('each outcome of the look-up', () => {
    for (const [said, link] of Object.entries({
      'none found, links as of 2026-11-30 05:19:17 +08:00': {
        found: false,
        linksAsOf: '2026-11-30T05:19:17+08:00',
      },
      'no data: stale-links': { unavailable: 'stale-links' },
      'not looked up': null,
    })) {
      assert.equal(readExplanation(`link     ${said}`).link, link, said);
    }
  });

  test('a medium that is none of ours, no row, nothing presented', () => {
    const refused = readExplanation(
      'token    none: not a medium this bus takes\nverdict  repeat\nfare     not taken\njournal  NOT WRITTEN: out of service, no ride taken',
    );
    assert.equal(refused, {
      token: null,
      verdict: 'repeat',
      fareTaken: false,
      seq: null,
      checks: [],
      notes: [],
    });
    assert.equal(readExplanation('nothing was presented'), { checks: [], notes: [] });
  });
});
