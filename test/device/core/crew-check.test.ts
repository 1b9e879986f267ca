import fc from 'fast-check';
import * as assert from 'uvu/assert';
import {
  type ConfirmedBy,
  type Decision,
  decide,
  type LinkLookup,
  mayBeConfirmed,
  type Seen,
  type Verdict,
} from '../../../device/core/check.ts';
import {
  afterTap,
  type CrewCheck,
  confirm,
  confirmationOf,
  refusedForMs,
} from '../../../device/core/crew-check.ts';
import type { Medium } from '../../../device/core/medium.ts';
import { type CrewCheckPolicy, type Policy, pilotPolicy } from '../../../device/core/policy.ts';
import { suite } from '../../harness.ts';

const now = Date.parse('2022-06-01T08:00:00+08:00');
const windowMs = 30_000;
const notLinked = { found: false, denied: false, linksAsOf: now } as const;
const linked = (status: 'green' | 'red', ageMin = 1): LinkLookup => ({
  found: true,
  denied: false,
  status,
  linksAsOf: now,
  statusAsOf: now - ageMin * 60_000,
});
const card = (balanceFen = 5000): Medium => ({
  accepted: true,
  medium: { kind: 't-union', account: '3105100000000000001', cardKind: 'ordinary', balanceFen },
});
const rules = (crewCheck: Partial<CrewCheckPolicy> = {}): Policy => ({
  ...pilotPolicy,
  crewCheck: { ...pilotPolicy.crewCheck, ...crewCheck },
});
const paid = { by: 'key', row: 7, isPaid: true } as const;
const unpaid = { ...paid, isPaid: false };

interface Presented {
  readonly link?: LinkLookup;
  readonly policy?: Policy;
  readonly medium?: Medium;
  readonly seen?: Seen;
}

function decided(confirmation: typeof paid | typeof unpaid | undefined, presented: Presented = {}): Decision {
  const { link = notLinked, policy = rules(), medium = card(), seen = 'new' } = presented;
  return decide({ medium, seen, link, policy, line: '2', now, timeKnown: true, confirmation });
}
const told = ({ verdict, fareTaken, fareFen }: Decision) =>
  `${verdict.verdict}${'reason' in verdict ? `:${verdict.reason}` : ''} ${fareTaken ? fareFen : 'no fare'}`;

suite('decide: what the crew has checked by hand', test => {
  test('rides, and pays unless it has: one ride is paid once', () => {
    assert.is(told(decided(paid)), 'checked-by-hand:not-found 0');
    assert.is(told(decided(unpaid)), 'checked-by-hand:not-found 100');
    assert.equal(decided(unpaid).confirmation, unpaid);
  });

  test('is neither a repeat nor a used code', () => {
    for (const seen of ['repeat', 'used'] as const) {
      assert.is(told(decided(paid, { seen })), 'checked-by-hand:not-found 0');
    }
  });

  test('stays refused where the medium is, or its purse is empty', () => {
    const blacklisted: Medium = { accepted: false, presented: 'card', reason: 'blacklisted' };
    assert.is(told(decided(unpaid, { medium: blacklisted })), 'invalid:blacklisted no fare');
    assert.is(told(decided(unpaid, { medium: card(20) })), 'invalid:insufficient-balance no fare');
    assert.is(told(decided(paid, { medium: card(20) })), 'checked-by-hand:not-found 0');
  });

  test('what the machine has learnt meanwhile counts', () => {
    assert.is(told(decided(unpaid, { link: linked('green') })), 'pass 100');
    assert.is(told(decided(paid, { link: linked('green') })), 'pass 0');
    const abnormal = decided(paid, { link: linked('red') });
    assert.is(told(abnormal), 'abnormal no fare');
    assert.is(abnormal.confirmation, undefined, 'it is not used up');
    const denied = decided(paid, { link: { ...notLinked, denied: true } });
    assert.is(told(denied), 'invalid:denied no fare', 'the list has come after the first tap');
  });

  test('the policy says what may be confirmed', () => {
    const may = (found: Verdict, crewCheck: Partial<CrewCheckPolicy>, link: LinkLookup = notLinked) =>
      mayBeConfirmed(found, { link, policy: rules(crewCheck), now });
    assert.ok(may({ verdict: 'not-found' }, {}));
    assert.ok(may({ verdict: 'cannot-verify', reason: 'clock' }, {}));
    assert.not.ok(may({ verdict: 'not-found' }, { verdicts: ['cannot-verify'] }));
    assert.not.ok(may({ verdict: 'pass' }, {}));
    const red = { verdict: 'abnormal', status: 'red' } as const;
    assert.not.ok(may(red, {}, linked('red', 50)), 'off unless the policy says so');
    assert.not.ok(may(red, { abnormalOlderThanMin: 15 }, linked('red', 15)));
    assert.ok(may(red, { abnormalOlderThanMin: 15 }, linked('red', 16)));
    const late = { link: linked('red', 16), policy: rules({ abnormalOlderThanMin: 15 }) };
    assert.is(told(decided(unpaid, late)), 'checked-by-hand:abnormal 100');
  });

  test('who is not found pays at the second tap where the policy says so; an empty purse does not hide it', () => {
    const policy = rules({ notFoundPays: 'second-tap' });
    assert.is(told(decided(undefined, { policy })), 'not-found no fare');
    assert.is(told(decided(undefined, { policy, medium: card(20) })), 'not-found no fare');
    assert.is(told(decided(undefined, { policy, link: { unavailable: '' } })), 'cannot-verify:no-data 100');
    assert.is(told(decided(undefined, { medium: card(20) })), 'invalid:insufficient-balance no fare');
    const inTrial = { medium: card(), seen: 'new', link: notLinked, line: '2', timeKnown: true } as const;
    const trial = { ...policy, enforcedFrom: now + 1 };
    assert.is(told(decide({ ...inTrial, policy: trial, now })), 'not-found 100', 'the trial holds nobody up');
  });
});

suite('crew check', test => {
  const notFound: Decision = {
    verdict: { verdict: 'not-found' },
    phase: 'enforced',
    fareTaken: true,
    fareFen: 100,
  };
  const abnormal: Decision = {
    verdict: { verdict: 'abnormal', status: 'red' },
    phase: 'enforced',
    fareTaken: false,
    fareFen: 0,
  };
  const invalid: Decision = {
    verdict: { verdict: 'invalid', presented: 'code', reason: 'unsupported' },
    phase: 'enforced',
    fareTaken: false,
    fareFen: 0,
  };
  const passed: Decision = { ...notFound, verdict: { verdict: 'pass' } };

  function tapped(state: CrewCheck, token: string, atMs = 0, decision = notFound): CrewCheck {
    const tokens = token === '' ? [] : token.split(' ');
    const isConfirmable = decision === notFound;
    return afterTap(state, { tokens, presented: 'card', row: 1, atMs, decision, isConfirmable });
  }
  const windows = { windowMs, companionMs: 0 };
  const press = (state: CrewCheck, atMs: number, by: ConfirmedBy = 'key') =>
    confirm(state, by, atMs, windows);
  const rides = (state: CrewCheck, token: string, atMs: number) =>
    confirmationOf(state, token.split(' '), atMs, windows) !== undefined;

  test('a companion: only whoever got on last, only in time, only once, and only if the policy lets them', () => {
    const rode = tapped({}, 'a', 0, passed);
    assert.is(press(rode, 1000).confirming.outcome, 'nothing', 'the policy does not');
    const allowed = { windowMs, companionMs: 20_000 };
    const pressed = (state: CrewCheck, atMs: number) => confirm(state, 'key', atMs, allowed);
    assert.is(pressed(rode, 20_001).confirming.outcome, 'nothing');
    const { after, confirming } = pressed(rode, 20_000);
    assert.is(confirming.outcome, 'companion');
    const word = confirmationOf(after, ['a'], 40_000, allowed);
    assert.equal(word, { by: 'key', row: 1, isPaid: false, isCompanion: true });
    assert.is(confirmationOf(after, ['b'], 40_000, allowed), undefined);
    assert.is(confirmationOf(after, ['a'], 40_001, allowed), undefined);
    const paid: Decision = { ...passed, ...(word && { confirmation: word }) };
    assert.is(confirmationOf(tapped(after, 'a', 30_000, paid), ['a'], 31_000, allowed), undefined);
    // Whoever is before the crew comes first.
    assert.is(pressed(tapped(rode, 'b', 500), 1000).confirming.outcome, 'confirmed');
    // Who has got off takes nobody along.
    const off: Decision = {
      ...passed,
      ride: { step: 'off', on: undefined, fare: { fareFen: 0, distanceM: 0, reason: 'no-tap-on' } },
    };
    assert.is(pressed(tapped({}, 'a', 0, off), 1000).confirming.outcome, 'nothing');
  });

  test('nobody is confirmed where nobody was refused, or too long ago', () => {
    assert.is(press({}, 0).confirming.outcome, 'nothing');
    const refused = tapped({}, 'a');
    assert.is(press(refused, refusedForMs).confirming.outcome, 'confirmed');
    assert.is(press(refused, refusedForMs + 1).confirming.outcome, 'nothing');
    assert.is(press(tapped({}, '', 0, invalid), 1).confirming.outcome, 'nothing');
  });

  test('the last one refused rides within the window, and nobody else', () => {
    const { after } = press(tapped(tapped({}, 'a'), 'b'), 1000);
    assert.ok(rides(after, 'b', 1000 + windowMs));
    assert.not.ok(rides(after, 'b', 1001 + windowMs));
    assert.not.ok(rides(after, 'a', 1000));
  });

  test('a second press makes nothing longer, and a press for somebody else takes its place', () => {
    const once = press(tapped({}, 'a'), 0).after;
    const twice = press(once, 20_000);
    assert.is(twice.confirming.outcome, 'already');
    assert.not.ok(rides(twice.after, 'a', windowMs + 1));
    assert.is(press(twice.after, windowMs + 1).confirming.outcome, 'nothing');
    const other = press(tapped(once, 'b', 5000), 6000).after;
    assert.not.ok(rides(other, 'a', 6000));
    assert.ok(rides(other, 'b', 6000));
  });

  test('is used once, and kept while others tap', () => {
    const armed = press(tapped({}, 'a'), 0).after;
    const others = tapped(tapped(tapped(armed, 'b', 1000, passed), 'c', 2000), 'd', 3000, abnormal);
    assert.ok(rides(others, 'a', 4000));
    const confirmation = { by: 'key', row: 1, isPaid: true } as const;
    const ridden = tapped(others, 'a', 4000, { ...passed, confirmation });
    assert.not.ok(rides(ridden, 'a', 4001));
  });

  test('an abnormal passenger takes the place of the one before; what is no medium does not, nor who passes', () => {
    assert.is(press(tapped(tapped({}, 'a'), 'b', 0, abnormal), 1).confirming.outcome, 'nothing');
    for (const decision of [invalid, passed]) {
      assert.is(press(tapped(tapped({}, 'a'), 'b', 0, decision), 1).confirming.outcome, 'confirmed');
    }
    assert.is(
      press(tapped(tapped({}, 'a'), 'a', 0, passed), 1).confirming.outcome,
      'nothing',
      'it has ridden',
    );
  });

  test('a medium is the same under another key', () => {
    const { after } = press(tapped({}, 'old'), 0);
    assert.ok(rides(after, 'new old', 1));
    assert.not.ok(rides(after, 'new', 1));
  });

  const event = fc.record({
    afterMs: fc.integer({ min: 0, max: 50_000 }),
    what: fc.constantFrom('press', 'press', 'tap a', 'tap a', 'tap b', 'abnormal c', 'invalid', 'pass b'),
  });

  /** By the whole history, as a person would tell: whom each press was about, and which taps it let ride. */
  function tell(events: readonly { afterMs: number; what: string }[]) {
    let state: CrewCheck = {};
    let now = 0;
    let row = 0;
    const refusals: { token: string; at: number; row: number }[] = [];
    const presses: { token: string; at: number; refusedRow: number }[] = [];
    const ridden: { token: string; at: number; refusedRow: number }[] = [];
    for (const { afterMs, what } of events) {
      now += afterMs;
      if (what === 'press') {
        const { after, confirming } = press(state, now);
        if (confirming.outcome === 'confirmed') {
          const [token = ''] = confirming.tap.tokens;
          presses.push({ token, at: now, refusedRow: confirming.tap.row });
        }
        state = after;
        continue;
      }
      const [kind = '', token = ''] = what.split(' ');
      const tokens = token === '' ? [] : [token];
      row++;
      const confirmation = confirmationOf(state, tokens, now, windows);
      const base = { tap: notFound, abnormal, invalid, pass: passed }[kind] ?? invalid;
      const decision: Decision =
        confirmation === undefined
          ? base
          : { ...passed, verdict: { verdict: 'checked-by-hand', reason: 'not-found' }, confirmation };
      if (confirmation !== undefined) ridden.push({ token, at: now, refusedRow: confirmation.row });
      else if (kind === 'tap') refusals.push({ token, at: now, row });
      const isConfirmable = decision === notFound;
      state = afterTap(state, { tokens, presented: 'card', row, atMs: now, decision, isConfirmable });
    }
    return { refusals, presses, ridden };
  }

  test('by property: every ride has one press within the window, every press one refusal of that medium', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), events => {
        const { refusals, presses, ridden } = tell(events);
        for (const ride of ridden) {
          const causes = presses.filter(({ refusedRow }) => refusedRow === ride.refusedRow);
          assert.is(causes.length, 1);
          const [cause] = causes;
          assert.is(cause?.token, ride.token);
          assert.ok(ride.at - (cause?.at ?? 0) <= windowMs);
          assert.is(ridden.filter(({ refusedRow }) => refusedRow === ride.refusedRow).length, 1);
        }
        for (const made of presses) {
          const about = refusals.find(({ row }) => row === made.refusedRow);
          assert.is(about?.token, made.token);
          assert.ok(made.at - (about?.at ?? 0) <= refusedForMs);
          const newer = refusals.filter(({ at, row }) => row > made.refusedRow && at < made.at);
          assert.equal(newer, [], 'the last one is meant');
        }
      }),
      { numRuns: 500 },
    );
  });
});
