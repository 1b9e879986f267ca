import * as assert from 'uvu/assert';
import { suite } from '../../../harness.ts';
import { lin } from './fake-registration.ts';
import { agreed, askForCode, newestCode } from './steps.ts';
import { startSite, titleOf, tokenIn } from './test-site.ts';

suite('registration site: hostile input', test => {
  test('hostile text in each field: shown as text at most, and never asked of the service', async context => {
    const site = await startSite(context);
    const hostile = [
      '<script>alert(1)</script>',
      '"><img src=x onerror=alert(1)>',
      "' OR 1=1; DROP TABLE people; --",
      'a\r\nSet-Cookie: stolen=1\r\n\r\n<h1>x</h1>',
      ['{{7*7}}$', '{7*7}<%= 7*7 %>#{7*7}'].join(''),
      '../../../../etc/passwd',
      '\u0000\u0000林晓梅\u0000',
      '林\u202e梅晓\u2066林\u200b\ufeff',
      '=HYPERLINK("http://evil.example")',
      '\ud800 lone',
      'x'.repeat(4000),
      '𠮷'.repeat(51),
      '% %00 %zz',
      'constructor',
      '１３８００００１２３４"onfocus="x',
    ];
    const visitor = site.visitor();
    for (const text of hostile) {
      for (const fields of [
        { name: text, phone: lin.phone },
        { name: lin.name, phone: text },
        { name: text, phone: text },
      ]) {
        if (fields.name === 'constructor' && fields.phone === lin.phone) continue; // a name like others
        const page = await visitor.send(await visitor.get('/register'), '/register', fields);
        assert.is(page.status, 200);
        assert.is(titleOf(page), '办理升级：填写信息', text);
        assert.not(/<script|<img|<h1>x|\{\{49|\$49/.test(page.html), text);
        assert.not(
          [...'\u0000\u202e\u2066\u200b\ufeff'].some(sign => page.html.includes(sign)),
          text,
        );
        assert.is(page.headers.get('stolen'), null);
        assert.not(visitor.cookies.has('stolen'));
      }
    }
    assert.is(site.registration.calls(), 0);
    const code = await askForCode(visitor, lin);
    const calls = site.registration.calls();
    for (const text of [
      ...hostile,
      '12345',
      '1234567',
      '１２３４５',
      '12345６７',
      '-12345',
      '1e5',
      '٠١٢٣٤٥',
    ]) {
      const page = await visitor.send(code, '/code', { code: text });
      assert.ok(page.html.includes('请填写短信中的 6 位数字验证码'), text);
    }
    assert.is(site.registration.calls(), calls);
  });

  test('fields twice, missing, nested or named after prototypes: a bad request, or as if they were not there', async context => {
    const site = await startSite(context);
    const visitor = site.visitor();
    const page = await visitor.get('/register');
    const token = `_csrf=${encodeURIComponent(tokenIn(page))}`;
    const details = `name=${encodeURIComponent(lin.name)}&phone=${lin.phone}`;
    for (const body of [
      `${token}&name=a&name=b&phone=${lin.phone}`,
      `${token}&${details}&phone=13800001111`,
      `${token}&name[]=a&phone[]=b`,
      `${token}&name[a]=b&phone=c`,
      `${token}`,
      `${token}&__proto__[name]=a&__proto__[phone]=b`,
      `${token}&__proto__=a&constructor.prototype.name=a&phone=b`,
    ]) {
      assert.is((await visitor.post('/register', body)).status, 400, body);
    }
    for (const body of [`${token}&${token}&${details}`, `_csrf[]=${token}&${details}`, details]) {
      assert.is((await visitor.post('/register', body)).status, 403, body);
    }
    assert.is(site.registration.calls(), 0);
    const extra = `${token}&${details}&byProxy=true&__proto__=x&constructor=y&toString=z&isAdmin=1`;
    assert.is((await visitor.post('/register', extra)).status, 303);
    assert.is(Reflect.get({}, 'isAdmin'), undefined);
    const media = await visitor.send(await visitor.get('/code'), '/code', {
      code: newestCode(site, lin.phone),
    });
    assert.is((await visitor.send(media, '/media', { ...agreed, agree: 'no' })).status, 400);
    const twice = `_csrf=${encodeURIComponent(tokenIn(media))}&version=2022-05-19&agree=yes&agree=yes`;
    assert.is((await visitor.post('/media', twice)).status, 400);
    assert.is(site.registration.consents.size, 0);
  });

  test('bodies of other kinds are refused, whatever they hold', async context => {
    const site = await startSite(context);
    const visitor = site.visitor();
    const page = await visitor.get('/register');
    const fields = { _csrf: tokenIn(page), name: lin.name, phone: lin.phone };
    for (const type of [
      'application/json',
      'text/plain',
      'multipart/form-data; boundary=x',
      'application/xml',
      'x',
    ])
      assert.is(
        (await visitor.post('/register', JSON.stringify(fields), { 'content-type': type })).status,
        415,
      );
    assert.is(site.registration.calls(), 0);
  });

  test('no redirect leads away', async context => {
    const site = await startSite(context);
    const visitor = site.visitor();
    const places = ['?next=https://evil.example', '?url=//evil.example', '//evil.example', '/\\evil.example'];
    for (const place of places) {
      for (const path of ['/done', '/state', '/media', '/code', '/leave']) {
        const location = (await visitor.get(`${path}${place}`)).headers.get('location') ?? '/';
        assert.is(location, '/');
      }
    }
    const odd = await visitor.get('//evil.example/?lang=en');
    assert.is(odd.status, 404);
    assert.not(odd.html.includes('evil'));
  });

  test('methods other than a page’s own are refused with those it has', async context => {
    const site = await startSite(context);
    const answers = ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE2', 'PROPFIND'].map(async method => {
      const response = await fetch(`${site.url}/register`, { method }).catch(() => undefined);
      return [method, response?.status, response?.headers.get('allow')];
    });
    assert.equal(
      (await Promise.all(answers)).map(([, status, allow]) => `${status} ${allow}`),
      [
        '405 GET, HEAD, POST',
        '405 GET, HEAD, POST',
        '405 GET, HEAD, POST',
        '405 GET, HEAD, POST',
        '400 null',
        '405 GET, HEAD, POST',
      ],
    );
    const visitor = site.visitor();
    const overridden = await visitor.post('/done', '_method=GET', { 'x-http-method-override': 'GET' });
    assert.is(overridden.status, 405);
    assert.is((await fetch(`${site.url}/register`, { method: 'HEAD' })).status, 200);
  });
});
