/** The three steps, for oneself and by proxy, the look at one's own state, the withdrawal; and what attackers try. */
import * as assert from 'uvu/assert';
import {
  announcedOpening,
  createRegistration,
} from '../../../../sim/backoffice/registration/create-registration.ts';
import type { CodeRequest } from '../../../../sim/backoffice/registration/registration.ts';
import { suite } from '../../../harness.ts';
import { tableOf, thrownBy } from '../small-office.ts';
import { anna, ben, minuteMs, noMakeUp, openRegistration, visitor } from './stand.ts';

suite('registration', test => {
  test('three steps: code, media, consent', async context => {
    const { registration, enter, gateway, changes } = await openRegistration(context);
    await enter(visitor(1), anna);
    assert.match(gateway.inbox(anna.phone)[0]?.text ?? '', /公交乘车码升级.*5分钟/);
    const before = await registration.ownState(visitor(1));
    assert.equal(before, {
      maskedName: '乘**',
      maskedPhone: '138****0001',
      media: [
        { kind: 't-union', maskedAccount: '**** **** 0001', linked: false },
        { kind: 'ride-code', maskedAccount: '**** **** aaa1', linked: false },
      ],
      hasForeignMedia: false,
      consent: undefined,
      health: undefined,
    });
    const consented = await registration.consent(visitor(1), '2022-05-19');
    assert.equal(consented, { done: true, liveWithinMs: 300_000 });
    const after = await registration.ownState(visitor(1));
    assert.ok(after?.media.every(({ linked }) => linked));
    assert.equal(after?.consent, { at: Date.UTC(2022, 4, 19), textVersion: '2022-05-19', basis: 'consent' });
    assert.equal(after?.health, { status: 'unknown', at: 0 });
    assert.equal(changes, [`registered ${anna.phone}`]);
  });

  test('consented twice is once', async context => {
    const { registration, enter, store } = await openRegistration(context);
    await enter(visitor(1), anna);
    await Promise.all([1, 2, 3].map(() => registration.consent(visitor(1), 'v1')));
    const { persons, links } = await store.people.counts();
    assert.equal([persons, links], [1, 2]);
  });

  test('by proxy: the code goes to the other’s phone, and it is recorded so', async context => {
    const { registration, enter, gateway } = await openRegistration(context);
    await enter(visitor(1), ben, { byProxy: true });
    assert.match(gateway.inbox(ben.phone)[0]?.text ?? '', /有人正在为您代办/);
    await registration.consent(visitor(1), 'v1');
    assert.is((await registration.ownState(visitor(1)))?.consent?.basis, 'proxy');
  });

  test('withdrawn with a code for just that; then registered again', async context => {
    const { registration, enter, changes, store, pass } = await openRegistration(context);
    await enter(visitor(1), anna);
    await registration.consent(visitor(1), 'v1');
    assert.equal(await registration.withdraw(visitor(1)), { done: false, why: 'not-verified' });
    pass(minuteMs);
    await enter(visitor(1), anna, { purpose: 'manage' });
    assert.equal(await registration.withdraw(visitor(1)), { done: true });
    assert.is(await store.people.find(anna), undefined);
    assert.is(await registration.ownState(visitor(1)), undefined, 'the session is over');
    assert.equal(changes, [`registered ${anna.phone}`, `withdrawn ${anna.phone}`]);
    pass(minuteMs);
    await enter(visitor(1), anna, { purpose: 'manage' });
    assert.equal(await registration.withdraw(visitor(1)), { done: false, why: 'not-registered' });
    assert.is((await registration.consent(visitor(1), 'v1')).done, true, 'with the same code');
  });

  test('a code: five minutes, one use, one session', async context => {
    const { registration, ask, codeOf, pass } = await openRegistration(context);
    await ask(visitor(1), anna);
    const code = codeOf(anna.phone);
    const noCode = { verified: false, why: 'no-code' } as const;
    assert.equal(await registration.verify(visitor(2), code), noCode, 'another session');
    assert.equal(await registration.verify({ ...visitor(1), address: '10.9.9.9' }, code), { verified: true });
    assert.equal(await registration.verify(visitor(1), code), noCode, 'used');
    pass(minuteMs);
    await ask(visitor(1), anna);
    pass(5 * minuteMs);
    assert.equal(await registration.verify(visitor(1), codeOf(anna.phone)), noCode, 'too old');
  });

  test('entered twice at once, a code is used once', async context => {
    const { registration, ask, codeOf } = await openRegistration(context);
    await ask(visitor(1), anna);
    const code = codeOf(anna.phone);
    const results = await Promise.all([1, 2, 3].map(() => registration.verify(visitor(1), code)));
    assert.is(results.filter(({ verified }) => verified).length, 1);
  });

  test('five wrong tries void a code', async context => {
    const { registration, ask, codeOf } = await openRegistration(context);
    await ask(visitor(2), anna);
    const wrong = codeOf(anna.phone) === '000000' ? '000001' : '000000';
    const left = [];
    for (let i = 0; i < 6; i++) left.push(await registration.verify(visitor(2), wrong));
    assert.equal(
      left.slice(0, 5),
      [4, 3, 2, 1, 0].map(triesLeft => ({ verified: false, why: 'wrong', triesLeft })),
    );
    assert.equal(left[5], { verified: false, why: 'no-code' });
  });

  test('the owner’s code stands whatever a stranger asks for and guesses', async context => {
    const { registration, ask, codeOf, pass } = await openRegistration(context);
    await ask(visitor(1), anna);
    const code = codeOf(anna.phone);
    for (let i = 2; i < 8; i++) {
      await ask(visitor(i), anna);
      for (let guess = 0; guess < 6; guess++) await registration.verify(visitor(i), '123456');
    }
    pass(4 * minuteMs);
    assert.equal(await registration.verify(visitor(1), code), { verified: true });
  });

  test('malformed codes are wrong codes', async context => {
    const { registration, ask } = await openRegistration(context);
    await ask(visitor(1), anna);
    for (const code of ['', 'abcdef', '１２３４５６', '0'.repeat(10_000)])
      assert.is((await registration.verify(visitor(1), code)).verified, false);
  });

  test('before the code: the same answer and the same writes, whoever the phone is', async context => {
    const { registration, ask, gateway, store } = await openRegistration(context);
    let looked = 0;
    const { find } = store.people;
    store.people.find = who => {
      looked++;
      return find(who);
    };
    const answers = [
      await ask(visitor(1), anna),
      await ask(visitor(2), { name: '无名', phone: '15000000000' }),
      await ask(visitor(3), { name: '无名', phone: anna.phone }),
    ];
    assert.equal(
      answers,
      answers.map(() => ({ sent: true, resendAfterS: 60, before: false })),
    );
    assert.is(gateway.inbox('15000000000').length, 1);
    assert.is(looked, 0);
    assert.is(await registration.ownState(visitor(1)), undefined);
    assert.equal(await registration.consent(visitor(1), 'v1'), { done: false, why: 'not-verified' });
    assert.equal(await registration.withdraw(visitor(1)), { done: false, why: 'not-verified' });
  });

  test('what is no name is nobody’s, and is answered as any other', async context => {
    const { ask, enter, registration, pass } = await openRegistration(context);
    for (const name of ["'; DROP TABLE person; --", '\ufe70', '\ufdfa'.repeat(50), '\0', '%', '<script>']) {
      await enter(visitor(1), { phone: anna.phone, name });
      assert.equal((await registration.ownState(visitor(1)))?.media, []);
      pass(60 * minuteMs);
    }
    assert.is((await ask(visitor(1), anna)).sent, true);
  });

  test('who enters the codes comes back as often as they like; who does not gets three messages an hour', async context => {
    const { ask, enter, pass, gateway } = await openRegistration(context);
    for (let i = 0; i < 5; i++) {
      await enter(visitor(1), anna);
      pass(minuteMs);
    }
    const before = gateway.inbox(anna.phone).length;
    const answers = [];
    for (let i = 0; i < 5; i++) {
      answers.push(await ask(visitor(1), anna));
      pass(minuteMs);
    }
    assert.equal(
      answers.map(answer => (answer.sent ? answer.before : answer.why)),
      [false, false, false, true, 'too-many'],
    );
    assert.is(gateway.inbox(anna.phone).length - before, 3);
  });

  test('with another name nothing is found, with the right phone too', async context => {
    const { registration, enter } = await openRegistration(context);
    await enter(visitor(1), { ...anna, name: '别人' });
    const state = await registration.ownState(visitor(1));
    assert.equal([state?.media, state?.hasForeignMedia, state?.consent], [[], false, undefined]);
    assert.equal(await registration.consent(visitor(1), 'v1'), { done: false, why: 'no-media' });
  });

  test('something foreign under the phone is said so, after the code', async context => {
    const { registration, enter, importTable } = await openRegistration(context);
    const table = tableOf([]);
    await importTable(`${table}15011112222,外地人,shenzhen-tong,1\n`);
    await enter(visitor(1), { name: '外地人', phone: '15011112222' });
    assert.is((await registration.ownState(visitor(1)))?.hasForeignMedia, true);
    assert.equal(await registration.consent(visitor(1), 'v1'), { done: false, why: 'no-media' });
  });

  test('a verified session acts for ten minutes, until it leaves, or asks for another code', async context => {
    const { registration, enter, ask, pass } = await openRegistration(context);
    await enter(visitor(1), anna);
    pass(10 * minuteMs - 1);
    assert.ok(await registration.ownState(visitor(1)));
    pass(1);
    assert.is(await registration.ownState(visitor(1)), undefined);
    await enter(visitor(1), anna);
    await registration.leave(visitor(1));
    assert.is(await registration.ownState(visitor(1)), undefined);
    await enter(visitor(2), anna);
    await ask(visitor(2), ben);
    assert.is(await registration.ownState(visitor(2)), undefined);
  });

  test('what is verified goes over to another session, and so does the minute between codes', async context => {
    const { registration, ask, codeOf } = await openRegistration(context);
    await ask(visitor(1), anna);
    const renewed = { ...visitor(1), session: 'renewed' };
    assert.is((await registration.verify(visitor(1), 'wrong', renewed.session)).verified, false);
    assert.is(await registration.ownState(renewed), undefined);
    assert.is((await registration.verify(visitor(1), codeOf(anna.phone), renewed.session)).verified, true);
    assert.is(await registration.ownState(visitor(1)), undefined);
    assert.ok(await registration.ownState(renewed));
    assert.equal(await ask(renewed, anna), { sent: false, why: 'too-soon', waitS: 60 });
    assert.is((await registration.consent(renewed, 'v1')).done, true);
  });

  test('a message that could not be sent counts as none', async context => {
    const { ask, gateway } = await openRegistration(context);
    gateway.setFailing(true);
    await thrownBy(() => ask(visitor(1), anna));
    gateway.setFailing(false);
    assert.is((await ask(visitor(1), anna)).sent, true);
  });

  test('open from the announced midnight in Beijing on', async context => {
    const { registration, ask, setNow } = await openRegistration(context, { opensAt: announcedOpening });
    assert.is(new Date(registration.opensAt).toISOString(), '2022-05-18T16:00:00.000Z');
    setNow(announcedOpening - 1);
    assert.is(registration.isOpen(), false);
    assert.match((await thrownBy(() => ask(visitor(1), anna))).message, /not open/);
    setNow(announcedOpening);
    assert.is(registration.isOpen(), true);
    assert.is((await ask(visitor(1), anna)).sent, true);
  });

  for (const [what, request] of [
    ['a foreign number', { phone: '+8613800138000' }],
    ['a name of any length', { name: 'x'.repeat(201) }],
    ['another purpose', { purpose: 'admin' as CodeRequest['purpose'] }],
  ] as const) {
    test(`${what} is refused before anything is done`, async context => {
      const { ask, gateway } = await openRegistration(context);
      assert.is((await thrownBy(() => ask(visitor(1), anna, request))).name, 'ZodError');
      assert.equal(gateway.inbox(anna.phone), []);
    });
  }

  test('codes and sessions outlive a restart of the service', async context => {
    const { registration, ask, codeOf, store, mediaOwners, gateway } = await openRegistration(context);
    await ask(visitor(1), anna);
    const later = createRegistration(
      { store, mediaOwners, makeUp: noMakeUp, gateway, changed: () => undefined },
      { opensAt: () => 0, liveWithinMs: 1, now: () => Date.UTC(2022, 4, 19) },
    );
    assert.equal(await later.verify(visitor(1), codeOf(anna.phone)), { verified: true });
    assert.ok(await registration.ownState(visitor(1)));
  });
});
