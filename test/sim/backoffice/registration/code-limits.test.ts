/** Limits on codes, as an attacker would try them: neither a flood of messages nor a locked-out owner. */
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { refuseCode, usualLimits } from '../../../../sim/backoffice/registration/code-limits.ts';
import { suite } from '../../../harness.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

interface Asked {
  readonly at: number;
  readonly phone: number;
  readonly session: number;
  readonly address: number;
  readonly wasEntered?: boolean;
}

/** What the store does, without one. */
function createCounter(limits = usualLimits) {
  const sent: Asked[] = [];
  return {
    sent,
    ask(asked: Asked) {
      const { at, phone, session, address } = asked;
      const newest = [...sent].reverse();
      const toPhone = newest
        .filter(each => each.phone === phone && each.at > at - dayMs)
        .map(each => ({
          at: each.at,
          wasEntered: each.wasEntered ?? false,
          fromSession: each.session === session,
          fromAddress: each.address === address,
        }));
      const fromAddress = newest
        .filter(each => each.address === address && each.at > at - hourMs && !each.wasEntered)
        .map(each => each.at);
      const refusal = refuseCode({ toPhone, fromAddress }, limits, at);
      if (refusal === undefined) sent.push(asked);
      return refusal;
    },
  };
}

suite('code limits', test => {
  test('a minute between two codes of a session', () => {
    const counter = createCounter();
    const own = { phone: 1, session: 1, address: 1 };
    assert.is(counter.ask({ ...own, at: 0 }), undefined);
    assert.equal(counter.ask({ ...own, at: 100 }), { sent: false, why: 'too-soon', waitS: 60 });
    assert.equal(counter.ask({ ...own, at: 59_999 }), { sent: false, why: 'too-soon', waitS: 1 });
    assert.is(counter.ask({ ...own, at: 60_000 }), undefined);
  });

  test('who asks again and again from elsewhere does not make the owner wait', () => {
    const counter = createCounter();
    for (let i = 0; i < 1000; i++) counter.ask({ at: i * 1000, phone: 1, session: i, address: 66 });
    assert.is(counter.ask({ at: 1_000_000, phone: 1, session: 1001, address: 1 }), undefined);
  });

  test('one address: three to a phone in an hour, twenty in all', () => {
    const counter = createCounter();
    for (let i = 0; i < 600; i++) counter.ask({ at: i * 1000, phone: i % 60, session: i, address: 66 });
    const to = (phone: number) => counter.sent.filter(each => each.phone === phone).length;
    assert.is(counter.sent.length, 20);
    const only = createCounter();
    for (let i = 0; i < 600; i++) only.ask({ at: i * 1000, phone: 1, session: i, address: 66 });
    assert.is(only.sent.length, 3);
    assert.ok(to(0) <= 3);
  });

  test('codes that were entered: an owner who comes back and a crowd behind one address use up nothing', () => {
    const counter = createCounter();
    const entered = (i: number, phone: number) =>
      counter.ask({ at: i * minuteMs, phone, session: i, address: 1, wasEntered: true });
    for (let i = 0; i < 59; i++) assert.is(entered(i, i % 10), undefined);
    assert.is(counter.ask({ at: hourMs, phone: 0, session: 99, address: 1 }), undefined);
    for (let i = 60; i < 63; i++) assert.is(entered(i, 0), undefined);
    const often = createCounter({ ...usualLimits, reserveEveryMs: dayMs });
    const mine = (i: number) =>
      often.ask({ at: i * minuteMs, phone: 1, session: i, address: 1, wasEntered: true });
    for (let i = 0; i < 15; i++) assert.is(mine(i), undefined);
    assert.is(mine(15)?.why, 'too-many', 'but for the phone’s day');
  });

  test('what is said to be waited for is enough', () => {
    const anything = fc.property(
      fc.array(
        fc.record({
          waitMs: fc.nat(20 * minuteMs),
          phone: fc.nat(1),
          session: fc.nat(2),
          address: fc.nat(2),
        }),
        { maxLength: 60 },
      ),
      steps => {
        const counter = createCounter();
        let at = 0;
        for (const { waitMs, ...who } of steps) {
          at += waitMs;
          const refusal = counter.ask({ ...who, at });
          if (refusal === undefined) continue;
          assert.ok(refusal.waitS > 0);
          assert.is(counter.ask({ ...who, at: at + refusal.waitS * 1000 }), undefined);
          counter.sent.pop();
        }
      },
    );
    fc.assert(anything, { numRuns: 300 });
  });

  test('however many addresses an attacker has: the owner waits two minutes at most, the phone gets 36 an hour', () => {
    const flood = fc.property(
      fc.array(fc.record({ at: fc.nat(3 * hourMs), session: fc.nat(9999), address: fc.nat(9999) }), {
        minLength: 200,
        maxLength: 400,
      }),
      fc.nat(3 * hourMs),
      (asked, ownerAt) => {
        const counter = createCounter();
        const attacks = asked.map(each => ({ ...each, phone: 1 })).sort((a, b) => a.at - b.at);
        for (const each of attacks.filter(({ at }) => at <= ownerAt)) counter.ask(each);
        const owner = { at: ownerAt, phone: 1, session: 100_000, address: 100_000 };
        const refusal = counter.ask(owner);
        if (refusal !== undefined) {
          assert.is(refusal.why, 'too-many');
          assert.ok(refusal.waitS <= 120);
        }
        for (const { at } of counter.sent) {
          const inHour = counter.sent.filter(each => each.at >= at && each.at < at + hourMs).length;
          assert.ok(inHour <= 36, `${inHour} in an hour`);
        }
      },
    );
    fc.assert(flood, { numRuns: 60 });
  });

  test('an address that has asked for a phone gets none of its reserve', () => {
    const counter = createCounter();
    for (let i = 0; i < 6; i++) counter.ask({ at: i * 1000, phone: 1, session: i, address: i });
    assert.is(counter.ask({ at: 10 * minuteMs, phone: 1, session: 50, address: 3 })?.why, 'too-many');
    assert.is(counter.ask({ at: 10 * minuteMs, phone: 1, session: 51, address: 7 }), undefined);
    assert.equal(counter.ask({ at: 11 * minuteMs, phone: 1, session: 52, address: 8 }), {
      sent: false,
      why: 'too-many',
      waitS: 60,
    });
  });

  test('a limit of none sends none', () => {
    const counter = createCounter({ ...usualLimits, addressPerHour: 0 });
    assert.equal(counter.ask({ at: 5, phone: 1, session: 1, address: 1 }), {
      sent: false,
      why: 'too-many',
      waitS: 3600,
    });
  });
});
