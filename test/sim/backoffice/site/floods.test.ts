import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { suite, type TestContext, until } from '../../../harness.ts';
import { badRequest, type Known } from './bad-requests.ts';
import { lin } from './fake-registration.ts';
import { sendRaw, statusesIn } from './raw-request.ts';
import { askForCode } from './steps.ts';
import { startSite, type TestSite, titleOf, tokenIn } from './test-site.ts';

/** The guest who is served meanwhile has them too. */
const patientLimits = { idleMs: 35_000, requestMs: 30_000 };
const megabyte = 1 << 20;
const atOnce = 50;
const head = 'Host: x\r\nContent-Type: application/x-www-form-urlencoded\r\n';

async function knownTo(site: TestSite): Promise<Known> {
  const visitor = site.visitor();
  const page = await visitor.get('/register');
  return { cookie: `session=${visitor.cookies.get('session')}`, token: tokenIn(page) };
}

function open({ after }: TestContext, port: number, first = ''): Socket {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  socket.write(first);
  after(() => socket.destroy());
  return socket;
}

suite('registration site: more, longer and slower than it should be', test => {
  test('4,000 random bad requests: never a 5xx, and the site goes on', async context => {
    const site = await startSite(context);
    const known = await Promise.all(Array.from({ length: atOnce }, () => knownTo(site)));
    const seen = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(fc.array(badRequest, { minLength: atOnce, maxLength: atOnce }), async requests => {
        const answers = requests.map((bytesFor, index) => {
          const session = known[index];
          return session === undefined ? '' : sendRaw(site.port, bytesFor(session));
        });
        for (const said of await Promise.all(answers)) {
          for (const status of statusesIn(said)) {
            seen.set(status, (seen.get(status) ?? 0) + 1);
            assert.ok(status < 500, said);
          }
        }
      }),
      { numRuns: 4000 / atOnce, endOnFailure: true },
    );
    for (const status of [200, 303, 400, 403, 404, 405, 415])
      assert.ok(seen.has(status), `${status} was met`);
    assert.is(site.told.length, 0);
    assert.is(titleOf(await askForCode(site.visitor(), lin)), '输入短信验证码');
  });

  test('what is not HTTP is answered in the site’s layout, once, and closed', async context => {
    const site = await startSite(context);
    for (const bytes of ['hello\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', '\u0016\u0003\u0001\u0002']) {
      const said = await sendRaw(site.port, Buffer.from(bytes, 'latin1'));
      assert.equal(statusesIn(said), [400]);
      assert.match(said, "content-security-policy: default-src 'none'");
      assert.match(Buffer.from(said, 'latin1').toString(), '请求无法处理');
    }
    const smuggled = `POST /register HTTP/1.1\r\n${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n`;
    assert.equal(statusesIn(await sendRaw(site.port, smuggled)), [400]);
  });

  test('a megabyte in the body, the address, a header, a cookie, a field: refused at once', async context => {
    const site = await startSite(context);
    const much = 'a'.repeat(megabyte);
    const announced = await sendRaw(
      site.port,
      `POST /register HTTP/1.1\r\n${head}Connection: close\r\nContent-Length: ${megabyte}\r\n\r\n`,
      false,
    );
    assert.equal(statusesIn(announced), [413], 'before it is sent');
    const { cookie, token } = await knownTo(site);
    const field = `_csrf=${encodeURIComponent(token)}&name=${much}&phone=1`;
    const requests: readonly (readonly [string, number])[] = [
      [`GET /${much} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
      [`GET / HTTP/1.1\r\nHost: x\r\nX: ${much}\r\n\r\n`, 431],
      [`GET / HTTP/1.1\r\nHost: x\r\nCookie: session=${much}\r\n\r\n`, 431],
      [
        `POST /register HTTP/1.1\r\n${head}Cookie: ${cookie}\r\nTransfer-Encoding: chunked\r\n\r\n100000\r\n${field.slice(0, megabyte)}\r\n0\r\n\r\n`,
        413,
      ],
      [
        `POST /register HTTP/1.1\r\n${head}Cookie: ${cookie}\r\nContent-Length: ${field.length}\r\n\r\n${field}`,
        413,
      ],
    ];
    for (const [bytes, expected] of requests) {
      const [status] = statusesIn(await sendRaw(site.port, bytes, false));
      // Whoever is still sending may find the connection closed before having read the answer.
      assert.ok(status === expected || status === undefined, `${status} for ${bytes.slice(0, 40)}`);
    }
    assert.is((await site.visitor().get('/')).status, 200);
  });

  test('slow clients are cut: in the head, in the body, silent, not reading; others are served', async context => {
    const site = await startSite(context, {}, patientLimits);
    const { cookie, token } = await knownTo(site);
    const headOnly = open(context, site.port, 'GET / HTTP/1.1\r\nHost: x\r\nX: ');
    const body = open(
      context,
      site.port,
      `POST /register HTTP/1.1\r\n${head}Cookie: ${cookie}\r\nContent-Length: 900\r\n\r\n_csrf=${token}`,
    );
    const silent = open(context, site.port);
    open(context, site.port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2000)).pause();
    const dribble = setInterval(() => {
      for (const socket of [headOnly, body]) if (socket.writable) socket.write('a');
    }, 50);
    context.after(() => clearInterval(dribble));
    const closed = [headOnly, body, silent].map(
      socket =>
        new Promise<string>(resolve => {
          let said = '';
          socket.on('data', chunk => {
            said += chunk;
          });
          socket.on('close', () => resolve(said));
        }),
    );
    assert.is((await site.visitor().get('/')).status, 200, 'meanwhile');
    const [inHead = '', inBody = ''] = await Promise.all(closed);
    assert.equal(statusesIn(inHead), [408]);
    assert.ok(inBody === '' || statusesIn(inBody)[0] === 408);
    await until('the one who does not read is cut', async () => (await site.connections()) === 0);
    assert.is((await site.visitor().get('/register')).status, 200);
  });
});
