/** What a script can do to passengers, in simulated time, against the real service and store: nobody is shut out. */
import * as assert from 'uvu/assert';
import type { Visitor } from '../../../../sim/backoffice/registration/registration.ts';
import { suite } from '../../../harness.ts';
import { anna, minuteMs, openRegistration } from './stand.ts';

const secondMs = 1000;
const stranger = (i: number) => ({ name: 'x', phone: String(13_900_000_000 + i) });
let sessions = 0;
const from = (address: string): Visitor => ({ session: `session ${sessions++}`, address });
/** Each in a network and an area of its own. */
const eight = Array.from({ length: 8 }, (_, i) => `${20 + i}.1.1.1`);
const owners = '121.69.0.1';

suite('registration: a script against passengers', test => {
  for (const [where, addresses] of [
    ['far from the owner', eight],
    ['of the owner’s own network', eight.map((_, i) => `121.69.0.${100 + i}`)],
  ] as const) {
    test(`a script with eight addresses ${where} asks ahead of the owner each time; the owner gets in each time`, async context => {
      const { registration, ask, pass, gateway } = await openRegistration(context);
      /** Of the owner's purpose: the message says it. */
      const newestCode = () =>
        /验证码(\d{6})/.exec(
          gateway.inbox(anna.phone).find(({ text }) => text.includes('您正在办理公交乘车码升级，'))?.text ??
            '',
        )?.[1] ?? '';
      /** The script asks at the very moment before, from everywhere, for each purpose, and guesses what it can. */
      async function attack(): Promise<void> {
        for (const address of addresses) {
          const visitor = from(address);
          if ((await ask(visitor, anna)).sent) await registration.verify(visitor, '000000');
          await ask(from(address), anna, { purpose: 'manage' });
        }
      }
      let messages = 0;
      let longestWaitMs = 0;
      for (let turn = 0; turn < 20; turn++) {
        for (let i = 0; i < 4; i++) {
          pass(5 * minuteMs);
          await attack();
        }
        const owner = from(owners);
        let waitMs = 0;
        await attack();
        for (let answer = await ask(owner, anna); !answer.sent; answer = await ask(owner, anna)) {
          assert.is(answer.why, 'too-many');
          pass(answer.waitS * secondMs);
          waitMs += answer.waitS * secondMs;
          assert.ok(waitMs <= 6 * minuteMs, `turn ${turn}: the owner waits ${waitMs} ms`);
          await attack();
        }
        longestWaitMs = Math.max(longestWaitMs, waitMs);
        await attack();
        assert.equal(await registration.verify(owner, newestCode()), { verified: true }, `turn ${turn}`);
        messages = gateway.inbox(anna.phone).length;
      }
      assert.ok(messages > 0 && longestWaitMs <= 6 * minuteMs);
    });
  }

  test('an owner who has entered one code is not held up by the script any more', async context => {
    const { registration, ask, codeOf, pass } = await openRegistration(context);
    for (let turn = 0; turn < 20; turn++) {
      for (const address of eight) await ask(from(address), anna);
      const owner = from(owners);
      assert.is((await ask(owner, anna)).sent, true, `turn ${turn}`);
      assert.is((await registration.verify(owner, codeOf(anna.phone))).verified, true);
      pass(secondMs);
    }
  });

  test('who shares a code has two tries, for this purpose only; once entered, it is good nowhere', async context => {
    const { registration, ask, codeOf, gateway, pass } = await openRegistration(context);
    for (let i = 0; i < 6; i++) {
      assert.is((await ask(from(eight[i] ?? ''), anna)).sent, true);
      pass(4 * minuteMs);
    }
    const asking = from(eight[6] ?? '');
    assert.equal(await ask(asking, anna), { sent: false, why: 'too-many', waitS: 120 });
    pass(2 * minuteMs);
    assert.equal(await ask(asking, anna), { sent: true, resendAfterS: 60, before: false });
    const code = codeOf(anna.phone);
    const wrong = code === '000000' ? '000001' : '000000';
    const sharing = from(owners);
    const messages = gateway.inbox(anna.phone).length;
    assert.equal(await ask(sharing, anna), { sent: true, resendAfterS: 60, before: true });
    assert.is(gateway.inbox(anna.phone).length, messages, 'no message');
    const other = from(owners);
    assert.is((await ask(other, anna, { byProxy: true })).sent, true);
    assert.is((await registration.verify(other, code)).verified, false, 'another purpose has another code');
    const guessing = from(owners);
    await ask(guessing, anna);
    assert.equal(await registration.verify(guessing, wrong), { verified: false, why: 'wrong', triesLeft: 1 });
    assert.equal(await registration.verify(guessing, wrong), { verified: false, why: 'wrong', triesLeft: 0 });
    assert.equal(await registration.verify(guessing, code), { verified: false, why: 'no-code' });
    assert.equal(await registration.verify(from(owners), code), { verified: false, why: 'no-code' });
    assert.equal(await registration.verify(sharing, code), { verified: true });
    assert.equal(await registration.verify(asking, code), { verified: false, why: 'no-code' }, 'used');
  });

  test('the attacker’s session that a code was sent for cannot take it from those who share it', async context => {
    const { registration, ask, codeOf } = await openRegistration(context);
    const attacker = from(eight[0] ?? '');
    await ask(attacker, anna);
    const code = codeOf(anna.phone);
    for (let i = 0; i < 6; i++) await registration.verify(attacker, code === '000000' ? '000001' : '000000');
    const owner = from(owners);
    await ask(owner, anna);
    assert.is(codeOf(anna.phone), code, 'any of the messages will do');
    await ask(attacker, stranger(1));
    assert.equal(await registration.verify(owner, code), { verified: true });
  });

  test('thirty passengers behind one address: all get in, while a script there sends codes that nobody enters', async context => {
    const { registration, ask, codeOf, pass } = await openRegistration(context);
    const nat = '117.136.0.7';
    for (let i = 0; i < 800; i++) await ask(from(nat), stranger(i));
    for (let i = 0; i < 30; i++) {
      await ask(from(nat), stranger(1000 + i));
      const passenger = { name: 'y', phone: String(13_700_000_000 + i) };
      const visitor = from(nat);
      assert.is((await ask(visitor, passenger)).sent, true, `passenger ${i}`);
      pass(2 * secondMs);
      assert.equal(await registration.verify(visitor, codeOf(passenger.phone)), { verified: true });
    }
  });

  test('opening day behind carrier NAT: a crowd behind one address, of whom some give up, and a script among them', async context => {
    const { registration, ask, codeOf, pass } = await openRegistration(context);
    const nat = '117.136.0.7';
    let refused = 0;
    const typing: { visitor: Visitor; phone: string }[] = [];
    for (let i = 0; i < 1500; i++) {
      pass(2 * secondMs);
      const visitor = from(nat);
      const phone = String(13_600_000_000 + i);
      if (!(await ask(visitor, { name: 'z', phone })).sent) refused++;
      // One in five gives up. The others type their code half a minute later.
      if (i % 5 > 0) typing.push({ visitor, phone });
      if (i % 4 === 0) await ask(from(nat), stranger(i));
      const done = typing.length > 15 ? typing.shift() : undefined;
      if (done) assert.is((await registration.verify(done.visitor, codeOf(done.phone))).verified, true);
    }
    assert.is(refused, 0);
  });

  test('beyond its budget an address is slowed down, not shut out', async context => {
    const { ask, pass } = await openRegistration(context);
    const nat = '117.136.0.7';
    let i = 0;
    for (; (await ask(from(nat), stranger(i))).sent; i++);
    assert.is(i, 1000);
    const answer = await ask(from(nat), anna);
    assert.equal(answer, { sent: false, why: 'too-many', waitS: 4 });
    pass(4 * secondMs);
    assert.is((await ask(from(nat), anna)).sent, true);
    assert.is((await ask(from('117.136.0.8'), stranger(9999))).sent, true, 'and only that address');
  });
});
