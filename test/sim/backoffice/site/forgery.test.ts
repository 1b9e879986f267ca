import * as assert from 'uvu/assert';
import { suite } from '../../../harness.ts';
import { foreigner, grandmother, lin, stranger } from './fake-registration.ts';
import { agreed, askForCode, enterCode, form, upgrade } from './steps.ts';
import { type Answer, startSite, titleOf, tokenIn } from './test-site.ts';

suite('registration site: forged requests and foreign sessions', test => {
  test('forms without a token, with another session’s, with an old session’s: refused, and nothing happens', async context => {
    const site = await startSite(context);
    const victim = site.visitor();
    const page = await victim.get('/register');
    const foreign = tokenIn(await site.visitor().get('/register'));
    const { name, phone } = lin;
    const calls = site.registration.calls();
    for (const fields of [{}, { _csrf: '' }, { _csrf: foreign }, { _csrf: 'null' }, { _csrf: '__proto__' }]) {
      const answer = await victim.post('/register', form({ name, phone, ...fields }));
      assert.is(answer.status, 403);
      assert.is(titleOf(answer), '页面已过期');
    }
    const inHeader = await victim.post('/register', form({ name, phone }), { 'csrf-token': tokenIn(page) });
    assert.is(inHeader.status, 403, 'not in a header');
    const stolen = await site.visitor().post('/register', form({ name, phone, _csrf: tokenIn(page) }));
    assert.is(stolen.status, 403, 'not without its session');
    assert.is(site.registration.calls(), calls);
    const media = await enterCode(site, victim, lin);
    const old = await victim.post('/media', form({ ...agreed, _csrf: tokenIn(page) }));
    assert.is(old.status, 403, 'a token of before the code');
    await victim.send(media, '/leave', {});
    const left = await victim.post('/media', form({ ...agreed, _csrf: tokenIn(media) }));
    assert.is(left.status, 403, 'a token of a session that was left');
    assert.is(site.registration.consents.size, 0);
  });

  test('forms that a browser says come from elsewhere are refused, the right token or not', async context => {
    const site = await startSite(context);
    const visitor = site.visitor();
    const page = await visitor.get('/register');
    const body = form({ name: lin.name, phone: lin.phone, _csrf: tokenIn(page) });
    const foreign: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `${site.url}.evil.example` },
      { origin: site.url.replace('http:', 'https:') },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: site.url, 'sec-fetch-site': 'none' },
    ];
    for (const headers of foreign) assert.is((await visitor.post('/register', body, headers)).status, 403);
    assert.is(site.registration.calls(), 0);
    const own = { origin: site.url, 'sec-fetch-site': 'same-origin' };
    assert.is((await visitor.post('/register', body, own)).status, 303);
  });

  test('every form of the site wants a token', async context => {
    const site = await startSite(context);
    const visitor = site.visitor();
    await upgrade(site, visitor, lin);
    for (const path of ['/register', '/proxy', '/manage', '/code', '/media', '/withdraw', '/leave']) {
      assert.is((await visitor.post(path, form({ code: '1', again: 'yes', ...agreed }))).status, 403, path);
    }
    assert.is(site.registration.consents.size, 1);
  });

  test('every answer has the strict headers, errors too', async context => {
    const site = await startSite(context, { requestsPerMinute: 10 });
    const visitor = site.visitor();
    const answers: Answer[] = [
      await visitor.get('/'),
      await visitor.get('/register'),
      await visitor.get('/nowhere'),
      await visitor.get('/%ff'),
      await visitor.post('/', ''),
      await visitor.post('/register', form({ name: 'a', phone: 'b' })),
      await visitor.post('/register', 'x'.repeat(9000)),
      await visitor.post('/register', '{}', { 'content-type': 'application/json' }),
    ];
    site.registration.breakWith(() => {
      throw new Error('no');
    });
    const page = await visitor.get('/register');
    answers.push(await visitor.send(page, '/register', { name: lin.name, phone: lin.phone }));
    for (let i = 0; i < 3; i++) answers.push(await visitor.get('/'));
    assert.equal(
      answers.map(({ status }) => status),
      [200, 200, 404, 400, 405, 403, 413, 415, 500, 200, 429, 429],
    );
    for (const { headers, html, status } of answers) {
      assert.is(
        headers.get('content-security-policy'),
        "default-src 'none';style-src 'self';img-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none'",
      );
      assert.is(headers.get('x-content-type-options'), 'nosniff', `${status}`);
      assert.is(headers.get('cache-control'), 'no-store');
      assert.is(headers.get('referrer-policy'), 'same-origin');
      assert.is(headers.get('content-type'), 'text/html; charset=utf-8');
      assert.is(headers.get('x-powered-by'), null);
      assert.not(/<script|<style|style="| on[a-z]+="|javascript:/i.test(html));
      assert.not(/(?:src|href|action)="(?:https?:)?\/\//i.test(html), 'nothing from elsewhere');
      assert.ok(html.includes('<header>') && html.includes('010-96166'), 'in the site’s layout');
    }
    assert.match(answers.at(-1)?.headers.get('retry-after') ?? '', /^\d+$/);
    assert.match(answers.at(-1)?.html ?? '', /请在 \d+ (?:秒|分钟)后再试/);
  });

  test('who may frame it is a setting', async context => {
    const site = await startSite(context, { frameAncestors: ["'self'", 'http://127.0.0.1:8080'] });
    const { headers } = await site.visitor().get('/');
    assert.match(
      headers.get('content-security-policy') ?? '',
      "frame-ancestors 'self' http://127.0.0.1:8080",
    );
    assert.is(headers.get('x-frame-options'), null);
  });

  test('cookies: HttpOnly, SameSite, by https Secure and bound to the host', async context => {
    const plain = await startSite(context);
    const [session = '', lang = ''] = (await plain.visitor().get('/register?lang=en')).headers
      .getSetCookie()
      .reverse();
    assert.match(session, /^session=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
    assert.match(lang, /^lang=en; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/);

    const site = await startSite(context, { https: true }, { trustProxy: true });
    const byHttps = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'bus.example' };
    const answer = await site.visitor().get('/register?lang=en', byHttps);
    const cookies = answer.headers.getSetCookie();
    assert.match(
      cookies.at(-1) ?? '',
      /^__Host-session=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/,
    );
    for (const cookie of cookies) assert.match(cookie, /; Secure/);
    assert.match(answer.headers.get('strict-transport-security') ?? '', 'max-age=');
    for (const cookie of cookies) assert.match(cookie, /^__Host-/);
    assert.ok(
      (await site.visitor().get('/register', { ...byHttps, cookie: '__Host-lang=en' })).html.includes(
        'lang="en"',
      ),
    );
  });

  test('until the code nothing tells who has what: the same pages byte for byte, the same work', async context => {
    const site = await startSite(context);
    const seen = new Set<string>();
    for (const { name } of [lin, foreigner, stranger, grandmother]) {
      for (const wanted of ['register', 'manage'] as const) {
        // All with a phone that looks alike once it is masked.
        const known = [lin, foreigner, stranger, grandmother].find(one => one.name === name) ?? lin;
        const visitor = site.visitor();
        site.registration.passMinute();
        const calls = site.registration.calls();
        const page = await askForCode(visitor, known, wanted);
        assert.is(site.registration.calls() - calls, 1);
        const wrong = await visitor.send(page, '/code', { code: '000000' });
        const bare = (html: string) =>
          html.replaceAll(/value="[^"]{20,}"/g, '').replaceAll(/1\d\d\*{4}\d{4}/g, 'PHONE');
        const headers = (answer: Answer) =>
          [...answer.headers.keys()]
            .filter(key => !['date', 'keep-alive', 'connection'].includes(key))
            .join();
        seen.add(`${wanted} ${bare(page.html)} ${headers(page)} ${bare(wrong.html)} ${headers(wrong)}`);
      }
    }
    assert.is(seen.size, 2, 'one for each purpose');
  });

  test('by https only: who comes without is told so, on every page, and the log hears it once', async context => {
    const site = await startSite(context, { https: true }, { trustProxy: '127.0.0.1' });
    const bare: Record<string, string>[] = [
      {},
      { 'x-forwarded-proto': 'http' },
      { 'x-forwarded-proto': 'https, http' },
    ];
    for (const headers of bare) {
      for (const path of ['/', '/register', '/code', '/nowhere', '/?lang=en']) {
        const answer = await site.visitor().get(path, headers);
        assert.is(answer.status, 421, path);
        assert.ok(answer.html.includes('X-Forwarded-Proto: https'), 'what the operator has to mend');
        assert.not(answer.headers.getSetCookie().some(cookie => cookie.includes('session')));
        assert.not(answer.html.includes('<form'));
      }
    }
    assert.is(
      (await site.visitor().post('/register', form({ name: lin.name, phone: lin.phone }))).status,
      421,
    );
    assert.is(site.told.length, 1);
    assert.match(site.told[0] ?? '', /https-not-told.*X-Forwarded-Proto/);
    assert.is((await site.visitor().get('/register', { 'x-forwarded-proto': 'https' })).status, 200);
    const distrusting = await startSite(context, { https: true });
    assert.is(
      (await distrusting.visitor().get('/', { 'x-forwarded-proto': 'https' })).status,
      421,
      'anybody could say so',
    );
  });
});
