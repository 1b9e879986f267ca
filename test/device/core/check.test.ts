import * as assert from 'uvu/assert';
import {
  type Decision,
  decide,
  type LinkLookup,
  type Situation,
  type Status,
} from '../../../device/core/check.ts';
import type { Medium, TakenMedium } from '../../../device/core/medium.ts';
import { phaseAt, pilotPolicy } from '../../../device/core/policy.ts';
import { suite } from '../../harness.ts';

const at = (text: string) => Date.parse(`${text}+08:00`);
const enforced = at('2022-06-01T08:00:00');
const trial = at('2022-05-23T05:00:00');

const card: TakenMedium = {
  kind: 't-union',
  account: '3105100000000000001',
  cardKind: 'ordinary',
  balanceFen: 5000,
};
const accepted = (medium: Partial<TakenMedium> = {}): Medium => ({
  accepted: true,
  medium: { ...card, ...medium },
});

function linked(status: Status, now: number, ageS = 10): LinkLookup {
  return { found: true, denied: false, status, linksAsOf: now - ageS * 1000, statusAsOf: now - ageS * 1000 };
}

function situation(changes: Partial<Situation> = {}): Situation {
  const now = changes.now ?? enforced;
  const usual: Situation = {
    medium: accepted(),
    seen: 'new',
    link: linked('green', now),
    policy: pilotPolicy,
    line: '2',
    now,
    timeKnown: true,
  };
  return { ...usual, ...changes };
}

const summary = ({ verdict, fareTaken, fareFen }: Decision) => {
  const why = 'reason' in verdict ? verdict.reason : 'status' in verdict ? verdict.status : '';
  return `${verdict.verdict}${why && `:${why}`} ${fareTaken ? fareFen : 'no fare'}`;
};
const decided = (changes: Partial<Situation>) => summary(decide(situation(changes)));

suite('decide: the verdict table, enforced', test => {
  test('linked, green, fresh: pass', () => assert.is(decided({}), 'pass 100'));

  test('linked, not green: abnormal, no fare, the status told', () => {
    assert.is(decided({ link: linked('yellow', enforced) }), 'abnormal:yellow no fare');
    assert.is(decided({ link: linked('red', enforced) }), 'abnormal:red no fare');
    assert.is(decided({ link: linked('popup', enforced) }), 'abnormal:popup no fare');
  });

  test('linked, status unknown: cannot-verify, fare', () => {
    assert.is(decided({ link: linked('unknown', enforced) }), 'cannot-verify:unknown-status 100');
  });

  test('fresh data, no link: not-found, fare', () => {
    assert.is(decided({ link: { found: false, denied: false, linksAsOf: enforced } }), 'not-found 100');
  });

  test('no data, or data too old: cannot-verify, never not-found', () => {
    const { statusMaxAgeS, linksMaxAgeS } = pilotPolicy.freshness;
    const stale: LinkLookup = { found: false, denied: false, linksAsOf: enforced - linksMaxAgeS * 1000 - 1 };
    assert.is(decided({ link: { unavailable: 'missing' } }), 'cannot-verify:no-data 100');
    assert.is(decided({ link: stale }), 'cannot-verify:stale-links 100');
    assert.is(decided({ link: linked('green', enforced, statusMaxAgeS) }), 'pass 100');
    assert.is(
      decided({ link: linked('green', enforced, statusMaxAgeS + 1) }),
      'cannot-verify:stale-status 100',
    );
    assert.is(
      decided({ link: linked('red', enforced, statusMaxAgeS + 1) }),
      'cannot-verify:stale-status 100',
    );
    assert.is(decided({ link: linked('green', enforced, -3600) }), 'cannot-verify:future-data 100');
  });

  test('lines outside the policy: not-checked', () => {
    for (const line of ['1', '3', '', '02', '200']) assert.is(decided({ line }), 'not-checked:line 100');
    for (const line of ['2', '6', '10', '14', '15', '17', '19', '20', '24', '38']) {
      assert.is(decided({ line }), 'pass 100');
    }
  });

  test('media the bus cannot take: invalid with the reason, no fare', () => {
    const medium: Medium = { accepted: false, presented: 'card', reason: 'blacklisted' };
    assert.is(decided({ medium }), 'invalid:blacklisted no fare');
    assert.is(
      decided({ medium: { accepted: false, presented: 'code', reason: 'expired' } }),
      'invalid:expired no fare',
    );
  });

  test('the same medium again: repeat; the same code later: used', () => {
    assert.is(decided({ seen: 'repeat' }), 'repeat no fare');
    assert.is(decided({ seen: 'used' }), 'invalid:used no fare');
    assert.is(decided({ seen: 'repeat', line: '1' }), 'repeat no fare');
  });

  test('an empty purse hides no abnormal code', () => {
    const medium = accepted({ balanceFen: 0 });
    assert.is(decided({ medium, link: linked('red', enforced) }), 'abnormal:red no fare');
    assert.is(decided({ medium, link: linked('unknown', enforced) }), 'invalid:insufficient-balance no fare');
    assert.is(
      decided({ medium, now: trial, link: linked('red', trial) }),
      'invalid:insufficient-balance no fare',
    );
  });

  test('denied: refused on every line, in every phase, however old the data, whatever the health code or the purse', () => {
    const denied = { ...linked('green', enforced), denied: true };
    const notLinked = { found: false, denied: true, linksAsOf: enforced } as const;
    const refused = 'invalid:denied no fare';
    for (const link of [denied, notLinked, { ...linked('red', enforced), denied: true }]) {
      assert.is(decided({ link }), refused);
      assert.is(decided({ link, line: '1' }), refused);
      assert.is(decided({ link, timeKnown: false }), refused);
      assert.is(decided({ link, medium: accepted({ balanceFen: 0 }) }), refused);
      assert.is(decided({ link, medium: accepted({ cardKind: 'senior' }) }), refused);
      for (const now of [trial, trial - 1, enforced - 1e10, enforced + 1e10, Number.NaN]) {
        assert.is(decided({ link, now }), refused, `${now}`);
      }
    }
  });

  test('denied comes after what cannot be taken, repeat and used', () => {
    const link = { found: false, denied: true, linksAsOf: enforced } as const;
    const medium: Medium = { accepted: false, presented: 'code', reason: 'expired' };
    assert.is(decided({ link, medium }), 'invalid:expired no fare');
    assert.is(decided({ link, seen: 'repeat' }), 'repeat no fare');
    assert.is(decided({ link, seen: 'used' }), 'invalid:used no fare');
  });

  test('the fare: half, a quarter for students, free for senior citizens; a purse too low is refused', () => {
    assert.is(decided({ medium: accepted({ cardKind: 'student' }) }), 'pass 50');
    assert.is(decided({ medium: accepted({ cardKind: 'senior', balanceFen: -20 }) }), 'pass 0');
    assert.is(decided({ medium: accepted({ kind: 'ride-code', balanceFen: undefined }) }), 'pass 100');
    assert.is(decided({ medium: accepted({ balanceFen: 100 }) }), 'pass 100');
    assert.is(decided({ medium: accepted({ balanceFen: 99 }) }), 'invalid:insufficient-balance no fare');
    assert.is(
      decided({ medium: accepted({ cardKind: 'student', balanceFen: 60 }) }),
      'invalid:insufficient-balance no fare',
    );
  });
});

suite('decide: the dates', test => {
  test('each phase begins at its midnight in Beijing', () => {
    const phases = ['2022-05-18', '2022-05-19', '2022-05-23', '2022-06-01'].flatMap(day => {
      const midnight = at(`${day}T00:00:00`);
      return [phaseAt(pilotPolicy, midnight - 1), phaseAt(pilotPolicy, midnight)];
    });
    assert.equal(phases, [
      ...['before', 'before', 'before', 'registration'],
      ...['registration', 'trial', 'trial', 'enforced'],
    ]);
  });

  test('before the trial nothing is checked', () => {
    const now = trial - 86_400_000;
    assert.is(decided({ now, link: linked('red', now) }), 'not-checked:date 100');
    assert.is(decided({ now, link: { unavailable: 'missing' } }), 'not-checked:date 100');
  });

  test('a clock that is slow by days, or none at all, is no excuse from the check', () => {
    const longAgo = at('2021-01-01T08:00:00');
    assert.is(decided({ now: longAgo, link: linked('red', enforced) }), 'cannot-verify:future-data 100');
    assert.is(
      decided({ now: longAgo, link: { found: false, denied: false, linksAsOf: enforced } }),
      'cannot-verify:future-data 100',
    );
    assert.is(decided({ now: Number.NaN }), 'cannot-verify:clock 100');
    assert.is(decided({ timeKnown: false }), 'cannot-verify:clock 100');
  });

  test('in the trial every verdict is computed and the fare is taken', () => {
    const now = trial;
    assert.is(decided({ now, link: linked('red', now) }), 'abnormal:red 100');
    assert.is(decided({ now, link: { found: false, denied: false, linksAsOf: now } }), 'not-found 100');
    assert.is(decided({ now, link: { unavailable: 'x' } }), 'cannot-verify:no-data 100');
    assert.is(
      decided({ now, medium: { accepted: false, presented: 'card', reason: 'expired' } }),
      'invalid:expired no fare',
    );
  });
});
