import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { concatBytes, fromHex } from '../../../device/core/bytes.ts';
import { type CodeCheck, createCodeChecker, readRootRecords } from '../../../device/core/ride-code.ts';
import { portableSm2 } from '../../../device/sm2/portable.ts';
import { selectSm2 } from '../../../device/sm2/select.ts';
import { createAuthority } from '../../../sim/media/authority.ts';
import { foreignCodes } from '../../../sim/media/foreign-codes.ts';
import { createPhone, type PhoneOptions } from '../../../sim/media/phone.ts';
import { createSm2Key } from '../../../sim/media/sm2-key.ts';
import { suite } from '../../harness.ts';

const { sm2 } = await selectSm2();
const noProblem = (problem: string) => assert.unreachable(problem);
const trust = (...records: Uint8Array[]) => createCodeChecker(readRootRecords(records, sm2, noProblem), sm2);

const authority = createAuthority({ index: 7, expiry: '1230' });
const issuer = authority.issue({ expiry: '0622', serial: 5 });
const check = trust(authority.rootRecord);
const now = Date.parse('2022-06-10T08:00:00+08:00');
const phone = (options: Partial<PhoneOptions> = {}) =>
  createPhone({ issuer, account: '00112233445566778899', ...options });

const outcome = (result: CodeCheck) => (result.accepted ? 'taken' : result.reason);
const at = (code: Uint8Array, time: number) => outcome(check(code, time));
const seconds = (s: number) => now + s * 1000;

suite('ride code: what a genuine one says', test => {
  test('every field, for every length of the issuer’s own field', () => {
    for (const n of [0, 1, 31, 32]) {
      const fields = { paymentAccount: 'PAY ~0000000001!', issuerCode: 'a1b2c3d4', validityS: 300 };
      const code = phone({ ...fields, ownField: new Uint8Array(n).fill(0xee) }).showCode({ at: now });
      assert.is(code.length, 332 + n);
      const result = check(code, now);
      assert.ok(result.accepted);
      assert.equal(result.code, {
        account: '00112233445566778899',
        paymentAccount: 'PAY ~0000000001!',
        issuer: 'a1b2c3d4',
        generatedAtS: now / 1000,
        expiresAtS: now / 1000 + 300,
      });
      assert.ok(result.steps.every(step => step.ok));
    }
  });

  test('every version byte from 80 to FF, every account type', () => {
    for (const version of [0x80, 0x81, 0xc0, 0xff]) {
      for (const accountType of [0, 1, 255]) {
        assert.is(at(phone({ version, accountType }).showCode({ at: now }), now), 'taken');
      }
    }
  });

  test('the account stands in no step of the check', () => {
    const { steps } = check(phone().showCode({ at: now }), now);
    assert.not.match(JSON.stringify(steps), '00112233445566778899');
  });

  test('the portable SM2 says the same', () => {
    const portable = createCodeChecker(
      readRootRecords([authority.rootRecord], portableSm2, noProblem),
      portableSm2,
    );
    const code = phone().showCode({ at: now });
    assert.is(outcome(portable(code, now)), 'taken');
    assert.is(outcome(portable(code.with(200, (code[200] ?? 0) ^ 1), now)), 'bad-issuer-signature');
  });
});

suite('ride code: the times, to the second', test => {
  test('expired, and not yet valid more than 20 s ahead', () => {
    const code = phone({ validityS: 60 }).showCode({ at: now });
    assert.is(at(code, seconds(60)), 'taken');
    assert.is(at(code, seconds(61)), 'expired');
    assert.is(at(code, seconds(-20)), 'taken');
    assert.is(at(code, seconds(-21)), 'not-yet-valid');
  });

  test('valid for more than 1,200 s: too long-lived', () => {
    assert.is(at(phone({ validityS: 1200 }).showCode({ at: now }), now), 'taken');
    assert.is(at(phone({ validityS: 1201 }).showCode({ at: now }), now), 'too-long-lived');
    assert.is(at(phone({ validityS: 65_535 }).showCode({ at: now }), now), 'too-long-lived');
  });

  test('the authorisation ends', () => {
    const code = phone({ authorisedUntil: seconds(10), validityS: 600 }).showCode({ at: now });
    assert.is(at(code, seconds(10)), 'taken');
    assert.is(at(code, seconds(11)), 'authorisation-expired');
  });

  test('the certificate is valid to the end of its month in Beijing', () => {
    const last = Date.parse('2022-06-30T23:59:59+08:00');
    assert.is(at(phone().showCode({ at: last }), last), 'taken');
    assert.is(at(phone().showCode({ at: last + 1000 }), last + 1000), 'certificate-expired');
  });

  test('and so is the root record', () => {
    const old = createAuthority({ expiry: '0522' });
    const code = createPhone({ issuer: old.issue({ expiry: '1230' }) }).showCode({ at: now });
    assert.is(outcome(trust(old.rootRecord)(code, now)), 'certificate-expired');
  });
});

suite('ride code: the chain', test => {
  test('unknown authority: no roots, another key index, another service', () => {
    const code = phone().showCode({ at: now });
    assert.is(outcome(trust()(code, now)), 'unknown-authority');
    assert.is(outcome(trust(createAuthority({ index: 8 }).rootRecord)(code, now)), 'unknown-authority');
    assert.is(
      at(createPhone({ issuer: authority.issue({ index: 9 }) }).showCode({ at: now }), now),
      'unknown-authority',
    );
    assert.is(at(code.with(4, 0x02), now), 'unknown-authority');
  });

  test('several roots: each issuer under its own', () => {
    const other = createAuthority({ index: 8 });
    const both = trust(authority.rootRecord, other.rootRecord);
    assert.is(outcome(both(phone().showCode({ at: now }), now)), 'taken');
    assert.is(outcome(both(createPhone({ issuer: other.issue() }).showCode({ at: now }), now)), 'taken');
  });

  test('two roots under one id, as at a key’s rollover: each one’s issuers are known, in either order', () => {
    const next = createAuthority({ index: 7, expiry: '1230' });
    const byOld = phone().showCode({ at: now });
    const byNext = createPhone({ issuer: next.issue() }).showCode({ at: now });
    const stranger = createPhone({ issuer: createAuthority({ index: 7 }).issue() }).showCode({ at: now });
    for (const records of [
      [authority.rootRecord, next.rootRecord],
      [next.rootRecord, authority.rootRecord],
    ]) {
      const both = trust(...records);
      assert.equal(
        [byOld, byNext, stranger].map(code => outcome(both(code, now))),
        ['taken', 'taken', 'bad-certificate'],
      );
    }
  });

  test('a certificate by somebody else under the same index', () => {
    const impostor = createAuthority({ index: 7 }).issue();
    assert.is(at(createPhone({ issuer: impostor }).showCode({ at: now }), now), 'bad-certificate');
  });

  test('an issuer without its key, a phone without its key', () => {
    const thief = { certificate: issuer.certificate, key: createSm2Key() };
    assert.is(at(createPhone({ issuer: thief }).showCode({ at: now }), now), 'bad-issuer-signature');
    const code = phone().showCode({ at: now });
    const later = phone().showCode({ at: now + 1000 });
    const swapped = concatBytes(code.subarray(0, -65), later.subarray(-65));
    assert.is(at(swapped, now), 'bad-user-signature');
  });

  test('the kept issuer keys change nothing: a bad certificate stays bad after a good one', () => {
    const code = phone().showCode({ at: now });
    assert.is(at(code, now), 'taken');
    assert.is(at(code.with(3 + 60, (code[63] ?? 0) ^ 1), now), 'bad-certificate');
    for (let i = 0; i < 70; i++) {
      assert.is(
        at(createPhone({ issuer: authority.issue({ serial: i }) }).showCode({ at: now }), now),
        'taken',
      );
    }
    assert.is(at(code, now), 'taken');
  });

  test('root records that cannot be trusted are named and left out', () => {
    const good = authority.rootRecord;
    const bad = [
      good.subarray(1),
      good.with(0, 0x22),
      good.with(5, 0),
      good.with(11, 0x13),
      good.with(13, 5),
    ];
    const worse = [
      good.with(15, 0x21),
      good.with(40, (good[40] ?? 0) ^ 1),
      good.with(143, (good[143] ?? 0) ^ 1),
    ];
    const problems: string[] = [];
    const roots = readRootRecords([...bad, ...worse, good], sm2, problem => problems.push(problem));
    assert.is(roots.length, 1);
    assert.is(problems.length, 8);
    assert.match(problems[7] ?? '', /^rootRecords\[7\]: the self-signature does not verify$/);
  });
});

suite('ride code: hostile input', test => {
  test('every single-byte change of a valid code is refused', () => {
    const code = phone({ ownField: Uint8Array.of(1, 2, 3) }).showCode({ at: now });
    const reasons = new Set<string>();
    for (let i = 0; i < code.length; i++) {
      for (const flip of [0x01, 0x02, 0x10, 0x80, 0xff]) {
        const result = at(code.with(i, (code[i] ?? 0) ^ flip), now);
        assert.is.not(result, 'taken', `byte ${i} changed by ${flip}`);
        reasons.add(result);
      }
    }
    assert.ok(reasons.size >= 6, [...reasons].join());
  });

  test('every truncation and every extension is malformed', () => {
    const code = phone().showCode({ at: now });
    for (let length = 0; length < code.length; length++) {
      assert.is(at(code.subarray(0, length), now), 'malformed', `${length} bytes`);
    }
    for (const extra of [1, 2, 32, 33, 3000]) {
      assert.is(at(concatBytes(code, new Uint8Array(extra)), now), 'malformed');
    }
  });

  test('an own field longer than 32 bytes, a payment account that is not printable', () => {
    assert.is(at(phone({ ownField: new Uint8Array(33) }).showCode({ at: now }), now), 'malformed');
    for (const byte of [0x00, 0x1f, 0x7f, 0xff]) {
      const code = phone().showCode({ at: now });
      assert.is(at(code.with(125, byte), now), 'malformed');
    }
  });

  test('codes of other systems are named, not called damaged', () => {
    const named = Object.entries(foreignCodes).map(([name, code]) => {
      const result = check(code, now);
      return [name, outcome(result), result.format];
    });
    assert.equal(named, [
      ['alipay', 'unsupported', 'alipay'],
      ['city-card-1', 'unsupported', 'city-card'],
      ['city-card-2', 'unsupported', 'city-card'],
      ['other-platform', 'unsupported', 'other-platform'],
      ['tencent', 'unsupported', 'tencent'],
      ['unionpay', 'unsupported', 'unionpay'],
      ['url', 'unsupported', 'unknown'],
    ]);
  });

  test('random bytes never throw and are never taken', () => {
    const rideLike = fc.uint8Array({ minLength: 332, maxLength: 332 }).map(bytes => {
      bytes.set([0x81, 0x01, 0x49, 0x24], 0);
      bytes[197] = 0;
      return bytes;
    });
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 700 }), rideLike);
    fc.assert(
      fc.property(bytes, fc.double(), (code, time) => {
        assert.is(check(code, time).accepted, false);
        assert.is(check(code, now).accepted, false);
      }),
      { numRuns: 1000 },
    );
  });

  test('a user key that is no point of the curve', () => {
    const off = fromHex(`02${'ff'.repeat(32)}`) ?? new Uint8Array();
    const code = phone({ key: { ...createSm2Key(), publicCompressed: off } }).showCode({ at: now });
    assert.is(at(code, now), 'bad-user-signature');
  });
});
