import * as assert from 'uvu/assert';
import { suite, until } from '../../../harness.ts';
import { foreigner, grandmother, lin, stranger } from './fake-registration.ts';
import { agreed, askForCode, enterCode, newestCode, upgrade } from './steps.ts';
import { startSite, titleOf, tokenIn } from './test-site.ts';

suite('registration site', test => {
  test('the entry says what, for whom, where, from when, and the hotline', async context => {
    const site = await startSite(context);
    const { html, headers } = await site.visitor().get('/');
    for (const said of [
      '北京公交集团启动公交乘车码升级服务工作',
      '010-96166',
      '5 月 19 日 0 时',
      '5 月 23 日首班车',
    ])
      assert.ok(html.includes(said), said);
    for (const line of [2, 6, 10, 14, 15, 17, 19, 20, 24, 38])
      assert.ok(html.includes(`<li>${line} 路</li>`));
    assert.is(headers.get('set-cookie'), null, 'who only reads is not remembered');
    const visitor = site.visitor();
    await visitor.get('/register');
    for (const [, asset = ''] of html.matchAll(/<link [^>]*href="([^"]+)"/g)) {
      const answer = await visitor.get(asset);
      assert.is(answer.status, 200);
      assert.match(answer.headers.get('cache-control') ?? '', 'public');
      assert.is(answer.headers.get('set-cookie'), null, 'what caches keep has no session in it');
    }
  });

  test('three steps: details, code, consent; done says from when', async context => {
    const site = await startSite(context);
    const visitor = site.visitor();
    const code = await askForCode(visitor, lin);
    assert.is(titleOf(code), '输入短信验证码');
    assert.ok(code.html.includes('138****1234'));
    assert.ok(code.html.includes('收不到短信？') && code.html.includes('请检查手机网络是否正常'));
    const media = await visitor.send(code, '/code', { code: newestCode(site, lin.phone) });
    assert.is(titleOf(media), '阅读温馨提示并同意');
    assert.ok(media.html.includes('**** **** 4821') && media.html.includes('公交乘车码'));
    const done = await visitor.send(media, '/media', agreed);
    assert.is(titleOf(done), '升级办理完成');
    assert.ok(done.html.includes('办理后 5 分钟内'), 'when it is live, and no date of this machine');
    assert.ok(done.html.includes('5 月 23 日首班车起') && done.html.includes('出示健康宝'));
    assert.is(site.registration.consents.get(lin.phone)?.basis, 'consent');
    assert.is(site.registration.consents.get(lin.phone)?.textVersion, agreed.version);
  });

  test('the notice names a term for all that is kept, on the bus too', async context => {
    const site = await startSite(context);
    for (const [lang, terms] of [
      ['zh', ['保存三年', '保存 5 分钟', '保存一天', '最长 90 天', '只保留最近两期']],
      ['en', ['for three years', 'for 5 minutes', 'for a day', '90 days at most', 'keeps the last two']],
    ] as const) {
      site.registration.passMinute();
      const visitor = site.visitor();
      await visitor.get(`/?lang=${lang}`);
      const { html } = await enterCode(site, visitor, lin);
      for (const term of terms) assert.ok(html.includes(term), term);
    }
  });

  test('by proxy: their details, the code to their phone, recorded as such', async context => {
    const site = await startSite(context);
    const visitor = site.visitor();
    const media = await enterCode(site, visitor, grandmother, 'proxy');
    const refused = await visitor.send(media, '/media', agreed);
    assert.ok(refused.html.includes('请确认已取得被代办人本人同意'));
    assert.is(site.registration.consents.size, 0);
    const done = await visitor.send(refused, '/media', { ...agreed, authorised: 'yes' });
    assert.ok(done.html.includes('记录为代办'));
    assert.is(site.registration.consents.get(grandmother.phone)?.basis, 'proxy');
  });

  test('looks up the own state and withdraws, after a question', async context => {
    const site = await startSite(context);
    await upgrade(site, site.visitor(), lin);
    site.registration.passMinute();
    const visitor = site.visitor();
    const state = await enterCode(site, visitor, lin, 'manage');
    assert.is(titleOf(state), '关联情况');
    assert.ok(state.html.includes('已关联') && state.html.includes('本人办理'));
    assert.ok(state.html.includes('绿码（2022 年 5 月 19 日 00:01）'));
    const sure = await visitor.get('/withdraw');
    assert.is(site.registration.consents.size, 1);
    const gone = await visitor.send(sure, '/withdraw', {});
    assert.is(titleOf(gone), '已撤回同意');
    assert.is(site.registration.consents.size, 0);
    const again = await visitor.send(sure, '/withdraw', {});
    assert.is(titleOf(again), '已撤回同意', 'pressed twice');
    await visitor.send(gone, '/leave', {});
    assert.is(visitor.cookies.has('session'), false);
    assert.is((await visitor.get('/state')).headers.get('location'), '/');
  });

  test('who has just registered withdraws with a code of its own, and is told so', async context => {
    const site = await startSite(context);
    const visitor = site.visitor();
    const done = await upgrade(site, visitor, lin);
    for (const page of [
      await visitor.follow(await visitor.get('/withdraw')),
      await visitor.send(done, '/withdraw', {}),
    ]) {
      assert.is(titleOf(page), '查询或撤回：填写信息');
      assert.ok(page.html.includes('撤回同意须另行验证'));
    }
    assert.is(site.registration.consents.size, 1);
  });

  test('who looks up and is not upgraded yet may do so with the same code', async context => {
    const site = await startSite(context);
    const visitor = site.visitor();
    const state = await enterCode(site, visitor, lin, 'manage');
    assert.ok(state.html.includes('尚未办理升级'));
    assert.is((await visitor.get('/withdraw')).headers.get('location'), '/state');
    const done = await visitor.send(await visitor.get('/media'), '/media', agreed);
    assert.is(titleOf(done), '升级办理完成');
  });

  test('others than the bus group’s media, or none, get a clear word', async context => {
    const site = await startSite(context);
    for (const passenger of [foreigner, stranger]) {
      const visitor = site.visitor();
      const page = await enterCode(site, visitor, passenger);
      assert.is(titleOf(page), '没有可以升级的乘车码');
      assert.ok(page.html.includes('升级服务仅支持北京公交集团乘车码'));
      const forced = await visitor.send(page, '/media', agreed);
      assert.is(titleOf(forced), '没有可以升级的乘车码');
    }
    assert.is(site.registration.consents.size, 0);
  });

  test('whatever is not right is said at its field, and what was typed stays', async context => {
    const site = await startSite(context);
    const visitor = site.visitor();
    const page = await visitor.send(await visitor.get('/register'), '/register', {
      name: '林1',
      phone: '12345',
    });
    assert.ok(page.html.includes('<a href="#name">') && page.html.includes('<a href="#phone">'));
    assert.ok(page.html.includes('aria-describedby="phone-hint phone-problem"'));
    assert.ok(page.html.includes('value="12345"'));
    assert.is(site.registration.calls(), 0);
    assert.not((await visitor.get('/register')).html.includes('id="problems"'), 'once');
  });

  test('numbers are taken as people write them', async context => {
    const site = await startSite(context);
    const code = await askForCode(site.visitor(), { name: ' 林晓梅 ', phone: '+86 138-0000-1234' });
    assert.is(titleOf(code), '输入短信验证码');
    const visitor = site.visitor();
    const wide = await askForCode(visitor, { name: '王秀英', phone: '15000009999' });
    const digits = [...newestCode(site, grandmother.phone)].map(d =>
      String.fromCodePoint(0xff10 + Number(d)),
    );
    assert.is(titleOf(await visitor.send(wide, '/code', { code: digits.join(' ') })), '阅读温馨提示并同意');
  });

  test('wrong codes: the tries left, then a new one is wanted', async context => {
    const site = await startSite(context);
    const visitor = site.visitor();
    let page = await askForCode(visitor, lin);
    for (const left of [4, 3, 2, 1]) {
      page = await visitor.send(page, '/code', { code: '000000' });
      assert.ok(page.html.includes(`还可以再试 ${left} 次`));
    }
    page = await visitor.send(page, '/code', { code: '000000' });
    assert.ok(page.html.includes('验证码已失效'));
    page = await visitor.send(page, '/code', { code: newestCode(site, lin.phone) });
    assert.ok(page.html.includes('验证码已失效'));
    page = await visitor.send(page, '/code', { again: 'yes' });
    assert.is(titleOf(page), '输入短信验证码', 'too soon is no problem of who has asked just now');
    assert.is(site.registration.inbox(lin.phone).length, 1);
    site.registration.passMinute();
    page = await visitor.send(page, '/code', { again: 'yes' });
    assert.is(site.registration.inbox(lin.phone).length, 2);
    page = await visitor.send(page, '/code', { code: newestCode(site, lin.phone) });
    assert.is(titleOf(page), '阅读温馨提示并同意');
  });

  test('too soon, from somebody else: said with the time to wait', async context => {
    const site = await startSite(context);
    await askForCode(site.visitor(), lin);
    const page = await askForCode(site.visitor(), lin);
    assert.ok(page.html.includes('请 42 秒后再获取'));
  });

  test('buttons pressed twice at once do it once, and both lead on', async context => {
    const site = await startSite(context);
    const visitor = site.visitor();
    const details = await visitor.get('/register');
    const twice = async (page: typeof details, action: string, fields: Record<string, string>) => {
      const before = new Map(visitor.cookies);
      // The second press goes out before the first one's answer, with the same cookie.
      const other = site.visitor();
      for (const [name, value] of before) other.cookies.set(name, value);
      return Promise.all([visitor.send(page, action, fields), other.send(page, action, fields)]);
    };
    const codes = await twice(details, '/register', { name: lin.name, phone: lin.phone });
    assert.equal(codes.map(titleOf), ['输入短信验证码', '输入短信验证码']);
    assert.is(site.registration.inbox(lin.phone).length, 1);
    const [page] = codes;
    const media = await twice(page, '/code', { code: newestCode(site, lin.phone) });
    assert.equal(media.map(titleOf), ['阅读温馨提示并同意', '阅读温馨提示并同意']);
    const done = await twice(media[0], '/media', agreed);
    assert.equal(done.map(titleOf), ['升级办理完成', '升级办理完成']);
  });

  test('a button pressed again, the first press cut off: what it began leads on', async context => {
    const site = await startSite(context);
    const visitor = site.visitor();
    const page = await askForCode(visitor, lin);
    const fields = { _csrf: tokenIn(page), code: newestCode(site, lin.phone) };
    site.registration.breakWith(() => new Promise(resolve => setTimeout(resolve, 150)));
    const calls = site.registration.calls();
    const cut = new AbortController();
    const first = fetch(`${site.url}/code`, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { cookie: `session=${visitor.cookies.get('session')}` },
      signal: cut.signal,
    });
    await until('the first press is at work', () => site.registration.calls() > calls);
    cut.abort();
    assert.is(await first.catch(error => error.name), 'AbortError');
    const media = await visitor.send(page, '/code', { code: fields.code });
    assert.is(titleOf(media), '阅读温馨提示并同意');
  });

  test('back and forth: each page opens again, and a form sent once more does no harm', async context => {
    const site = await startSite(context);
    const visitor = site.visitor();
    const done = await upgrade(site, visitor, lin);
    assert.is(titleOf(await visitor.get('/done')), titleOf(done));
    assert.is(titleOf(await visitor.get('/media')), '阅读温馨提示并同意');
    assert.is((await visitor.get('/code')).headers.get('location'), '/media');
    assert.is(titleOf(await visitor.get('/register')), '办理升级：填写信息');
  });

  test('consent is wanted, and to the notice as it is now', async context => {
    const site = await startSite(context);
    const visitor = site.visitor();
    const page = await enterCode(site, visitor, lin);
    const without = await visitor.send(page, '/media', { version: agreed.version });
    assert.ok(without.html.includes('<a href="#agree">'));
    const old = await visitor.send(page, '/media', { ...agreed, version: '2021-01-01' });
    assert.ok(old.html.includes('温馨提示有更新'));
    assert.is(site.registration.consents.size, 0);
  });

  test('verified too long ago: back to the beginning, with the reason', async context => {
    const site = await startSite(context);
    const visitor = site.visitor();
    const page = await enterCode(site, visitor, lin);
    site.registration.expire();
    assert.ok((await visitor.send(page, '/media', agreed)).html.includes('验证已过期'));
    assert.is((await visitor.get('/media')).headers.get('location'), '/');
    site.registration.passMinute();
    await enterCode(site, visitor, lin, 'manage');
    site.registration.expire();
    assert.ok((await visitor.follow(await visitor.get('/state'))).html.includes('验证已过期'));
  });

  test('before the opening nothing but the entry is open', async context => {
    const site = await startSite(context);
    site.registration.setOpen(false);
    const visitor = site.visitor();
    const entry = await visitor.get('/');
    assert.is(entry.status, 200);
    assert.ok(entry.html.includes('2022 年 5 月 19 日 00:00'));
    assert.not(entry.html.includes('href="/register"'));
    for (const path of ['/register', '/proxy', '/manage', '/code', '/media', '/state']) {
      const page = await visitor.get(path);
      assert.is(page.status, 503);
      assert.is(titleOf(page), '服务尚未开放');
      assert.is(page.headers.get('retry-after'), 'Wed, 18 May 2022 16:00:00 GMT');
    }
    assert.is((await visitor.post('/register', 'name=a&phone=b')).status, 503);
    assert.is(site.registration.calls(), 0);
  });
});
