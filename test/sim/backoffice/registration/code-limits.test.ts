/** Limits on codes, as an attacker would try them: neither a flood of messages nor a locked-out owner. */
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { networksOf } from '../../../../sim/backoffice/registration/addresses.ts';
import { decideCode, usualLimits } from '../../../../sim/backoffice/registration/code-limits.ts';
import type { Traffic } from '../../../../sim/backoffice/store/store.ts';
import { suite } from '../../../harness.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

interface Asked {
  readonly at: number;
  readonly phone: number;
  readonly session: number;
  /** Of a network each. */
  readonly address: number;
  readonly kind?: number;
  wasEntered?: boolean;
}

/** What the store does, without one. */
function createCounter(limits = usualLimits) {
  const codes: (Asked & { wasShared: boolean })[] = [];
  const shared = new Map<string, number>();
  const placesOf = (address: number) => networksOf(`${10 + (address >> 8)}.${address & 255}.0.1`);

  function trafficOf(place: string, index: number, now: number): Traffic {
    const sent = codes.filter(
      each => !each.wasShared && each.at > now - hourMs && placesOf(each.address)[index] === place,
    );
    const lastAt = Math.max(0, ...sent.map(({ at }) => at));
    return { sent: sent.length, entered: sent.filter(({ wasEntered }) => wasEntered).length, lastAt };
  }

  return {
    sent: () => codes.filter(({ wasShared }) => !wasShared),
    shared: () => codes.filter(({ wasShared }) => wasShared),
    /** @returns undefined where the session has a code now */
    ask(asked: Asked) {
      const { at, phone, session, address, kind = 0 } = asked;
      const places = placesOf(address);
      const toPhone = [...codes]
        .reverse()
        .filter(each => each.phone === phone && each.at > at - dayMs)
        .map(each => ({
          at: each.at,
          wasEntered: each.wasEntered ?? false,
          wasShared: each.wasShared,
          forSamePurpose: (each.kind ?? 0) === kind,
          fromSession: each.session === session,
          samePlace: placesOf(each.address).map((place, i) => place === places[i]) as [
            boolean,
            boolean,
            boolean,
          ],
        }));
      const name = `${phone} ${kind}`;
      const sharedAt = shared.get(name);
      const [own, network, area] = places.map((place, i) => trafficOf(place, i, at)) as [
        Traffic,
        Traffic,
        Traffic,
      ];
      const decision = decideCode({ toPhone, traffic: [own, network, area], sharedAt }, limits, at);
      if ('sent' in decision) return decision;
      codes.push({ ...asked, wasShared: !decision.sends });
      if (!decision.shares) shared.set(name, at);
      return undefined;
    },
    enter(session: number, phone: number, kind = 0): void {
      for (const each of codes) if (each.session === session && each.phone === phone) each.wasEntered = true;
      shared.delete(`${phone} ${kind}`);
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

  test('one address: three messages to a phone in an hour, and as many as its budget in all, then evenly spread', () => {
    const counter = createCounter({ ...usualLimits, addressPerHour: 20 });
    for (let i = 0; i < 600; i++) counter.ask({ at: i * 1000, phone: i % 60, session: i, address: 66 });
    assert.is(counter.sent().length, 23, 'beyond 20, one in three minutes');
    const only = createCounter();
    for (let i = 0; i < 600; i++) only.ask({ at: i * 1000, phone: 1, session: i, address: 66 });
    assert.is(only.sent().length, 3);
  });

  test('a network and an area have budgets of their own, however many addresses are in them', () => {
    const limits = { ...usualLimits, areaPerHour: 50 };
    const counter = createCounter(limits);
    // One area, each from another network of it: the addresses of the counter are an area each.
    for (let i = 0; i < 300; i++) counter.ask({ at: i, phone: i, session: i, address: 7 });
    assert.is(counter.sent().length, 50);
    assert.is(counter.ask({ at: 301, phone: 999, session: 999, address: 8 }), undefined, 'others are served');
  });

  test('an owner who comes back and enters the codes uses up nothing, whatever others do', () => {
    const counter = createCounter({ ...usualLimits, reserveEveryMs: dayMs });
    const mine = (i: number) => {
      const refused = counter.ask({ at: i * minuteMs, phone: 1, session: i, address: 1 });
      counter.enter(i, 1);
      return refused;
    };
    for (let i = 0; i < 15; i++) assert.is(mine(i), undefined);
    for (let i = 0; i < 20; i++)
      counter.ask({ at: 15 * minuteMs, phone: 1, session: 100 + i, address: 10 + i });
    for (let i = 16; i < 40; i++) assert.is(mine(i), undefined);
  });

  test('what is said to be waited for is enough', () => {
    const anything = fc.property(
      fc.array(
        fc.record({
          waitMs: fc.nat(20 * minuteMs),
          phone: fc.nat(1),
          session: fc.nat(2),
          address: fc.nat(2),
          kind: fc.nat(2),
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
          at += refusal.waitS * 1000;
          const again = counter.ask({ ...who, at });
          // First the minute of the session, then what the phone needs.
          assert.ok(again === undefined || refusal.why === 'too-soon');
        }
      },
    );
    fc.assert(anything, { numRuns: 300 });
  });

  test('however many addresses an attacker has: the owner waits six minutes at most, the phone gets 36 an hour', () => {
    const flood = fc.property(
      fc.array(
        fc.record({ at: fc.nat(3 * hourMs), session: fc.nat(9999), address: fc.nat(40), kind: fc.nat(2) }),
        { minLength: 200, maxLength: 400 },
      ),
      fc.nat(3 * hourMs),
      (asked, ownerAt) => {
        const counter = createCounter();
        const attacks = asked.map(each => ({ ...each, phone: 1 })).sort((a, b) => a.at - b.at);
        for (const each of attacks.filter(({ at }) => at <= ownerAt)) counter.ask(each);
        const refusal = counter.ask({ at: ownerAt, phone: 1, session: 100_000, address: 4000 });
        if (refusal !== undefined) {
          assert.is(refusal.why, 'too-many');
          assert.ok(refusal.waitS <= 360);
        }
        for (const { at } of counter.sent()) {
          const inHour = counter.sent().filter(each => each.at >= at && each.at < at + hourMs).length;
          assert.ok(inHour <= 36, `${inHour} in an hour`);
        }
        // With each message come five tries, two with each code that is shared.
        assert.ok(counter.shared().length <= usualLimits.sharedPerDay);
      },
    );
    fc.assert(flood, { numRuns: 60 });
  });

  test('eight addresses, for a whole day: 39 messages to the phone and 291 guesses at most', () => {
    for (const kinds of [1, 3]) {
      const counter = createCounter();
      let session = 0;
      for (let at = 0; at < dayMs; at += minuteMs) {
        for (let address = 0; address < 8; address++) {
          for (let kind = 0; kind < kinds; kind++)
            counter.ask({ at, phone: 1, session: session++, address, kind });
        }
      }
      assert.ok(counter.sent().length <= 39, `${counter.sent().length} messages`);
      assert.ok(5 * counter.sent().length + 2 * counter.shared().length <= 291);
    }
  });

  test('a code that was first sent later than now, by a clock that ran ahead, is not shared', () => {
    const none = { sent: 0, entered: 0, lastAt: 0 };
    const recent = { toPhone: [], traffic: [none, none, none] as const };
    const sharesAt = (sharedAt: number | undefined) =>
      decideCode({ ...recent, sharedAt }, usualLimits, hourMs);
    for (const [sharedAt, shares] of [
      [undefined, false],
      [hourMs + 1, false],
      [hourMs, true],
      [hourMs - 4 * minuteMs, false],
    ] as const)
      assert.equal(sharesAt(sharedAt), { sends: true, shares });
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
