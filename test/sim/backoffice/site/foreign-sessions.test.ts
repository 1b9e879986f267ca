/** Sessions that somebody else has planted or made up: they show nothing, and lead nowhere. */
import * as assert from 'uvu/assert';
import { suite } from '../../../harness.ts';
import { grandmother, lin } from './fake-registration.ts';
import { agreed, form, newestCode } from './steps.ts';
import { startSite, titleOf, tokenIn } from './test-site.ts';

suite('registration site: planted and made-up sessions', test => {
  test('a planted session: who planted it is left with nothing once the victim’s code was right', async context => {
    const site = await startSite(context);
    const attacker = site.visitor();
    const planted = await attacker.get('/register');
    const victim = site.visitor();
    for (const [name, value] of attacker.cookies) victim.cookies.set(name, value);
    await victim.send(planted, '/register', { name: lin.name, phone: lin.phone });
    // The attacker's requests run into the victim's at the very moment.
    const page = await victim.get('/code');
    const [media, ...others] = await Promise.all([
      victim.send(page, '/code', { code: newestCode(site, lin.phone) }),
      attacker.get('/code'),
      attacker.get('/media'),
      attacker.post('/media', form({ ...agreed, _csrf: tokenIn(planted) })),
    ]);
    assert.is(titleOf(media), '阅读温馨提示并同意');
    assert.not.equal(victim.cookies.get('session'), attacker.cookies.get('session'));
    for (const path of ['/media', '/state', '/withdraw', '/done', '/code']) {
      const seen = await attacker.get(path);
      assert.is(seen.headers.get('location'), '/', path);
      assert.not(seen.html.includes('4821'));
    }
    assert.not(others.some(({ html }) => html.includes('4821')));
    const guess = await attacker.send(planted, '/code', { code: '000000' });
    assert.not(guess.html.includes('4821'));
    const tooLate = await attacker.send(planted, '/code', { code: newestCode(site, lin.phone) });
    assert.not(tooLate.html.includes('4821'), 'one wrong guess, and the right one is none any more');
    const consent = await attacker.send(planted, '/media', agreed);
    assert.is(titleOf(consent), '北京公交集团启动公交乘车码升级服务工作');
    assert.is(site.registration.consents.size, 0);
    const other = await attacker.send(planted, '/register', {
      name: grandmother.name,
      phone: grandmother.phone,
    });
    await attacker.send(other, '/code', { code: newestCode(site, grandmother.phone) });
    await victim.send(media, '/media', agreed);
    assert.equal([...site.registration.consents.keys()], [lin.phone], 'still for whom the victim verified');
  });

  test('a planted session, by plain http: it never shows what the victim types, at any step', async context => {
    const site = await startSite(context);
    for (const [entered, name, phone] of [
      ['refused', '林晓梅', '1380000'],
      ['sent', lin.name, lin.phone],
    ] as const) {
      site.registration.passMinute();
      const attacker = site.visitor();
      const planted = await attacker.get('/register');
      const mine = new Map(attacker.cookies);
      const victim = site.visitor();
      for (const [key, value] of mine) victim.cookies.set(key, value);
      const spy = async (when: string) => {
        for (const path of ['/register', '/proxy', '/manage', '/code', '/media', '/state', '/done']) {
          attacker.cookies.clear();
          for (const [key, value] of mine) attacker.cookies.set(key, value);
          const { html } = await attacker.follow(await attacker.get(path));
          for (const secret of [name, phone, '138****', '林*'])
            assert.not(html.includes(secret), `${when}, ${path}`);
        }
      };
      let page = await victim.send(planted, '/register', { name, phone });
      assert.not.equal(
        victim.cookies.get('session'),
        mine.get('session'),
        'another session from the first form on',
      );
      await spy(`${entered}, details`);
      assert.ok(
        page.html.includes(entered === 'sent' ? '138****1234' : 'value="1380000"'),
        'the victim goes on',
      );
      if (entered === 'refused') continue;
      page = await victim.send(page, '/code', { code: '000000' });
      await spy('wrong code');
      await victim.send(page, '/code', { code: newestCode(site, lin.phone) });
      await spy('right code');
    }
  });

  test('a form that went out twice leads on once more only with the same words, and once wrong no more', async context => {
    const site = await startSite(context);
    const victim = site.visitor();
    const page = await victim.get('/register');
    const before = new Map(victim.cookies);
    const again = (fields: Record<string, string>) => {
      const other = site.visitor();
      for (const [key, value] of before) other.cookies.set(key, value);
      return other.send(page, '/register', fields);
    };
    await victim.send(page, '/register', { name: lin.name, phone: lin.phone });
    assert.is(titleOf(await again({ name: lin.name, phone: lin.phone })), '输入短信验证码');
    assert.is(
      titleOf(await again({ name: lin.name, phone: '13800001235' })),
      '北京公交集团启动公交乘车码升级服务工作',
    );
    assert.not((await again({ name: lin.name, phone: lin.phone })).html.includes('138****1234'));
  });

  test('a session id one made up is not taken on', async context => {
    const site = await startSite(context);
    for (const made of ['x', 'AAAA.BBBB', `${'a'.repeat(32)}.${'b'.repeat(43)}`, '__proto__', '%00', '%']) {
      const visitor = site.visitor();
      visitor.cookies.set('session', made);
      const answer = await visitor.get('/register');
      assert.is(answer.status, 200);
      assert.not.equal(visitor.cookies.get('session'), made);
    }
  });
});
