/** Site, feed and controls under one address, as an attacker finds them; for the site alone see `site/`. */
import { join } from 'node:path';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { type BackOffice, startBackOffice } from '../../../sim/backoffice/backoffice.ts';
import { createSite } from '../../../sim/backoffice/site/site.ts';
import { suite, type TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { badRequest } from './site/bad-requests.ts';
import { sendRaw, statusesIn } from './site/raw-request.ts';
import { quiet } from './small-office.ts';

async function start(context: TestContext): Promise<{ office: BackOffice; port: number; told: string[] }> {
  const told: string[] = [];
  const office = await startBackOffice(
    { port: 0, directory: join(temporaryDirectory(context), 'data'), sim: true, log: quiet },
    registration =>
      createSite(registration, {
        https: false,
        requestsPerMinute: 1_000_000,
        tell: event => told.push(event),
      }),
  );
  context.after(() => office.close());
  await office.parts.publishing.now();
  return { office, port: Number(new URL(office.url).port), told };
}

const send = async (port: number, head: string, ...headers: string[]): Promise<number[]> =>
  statusesIn(
    await sendRaw(
      port,
      `${[`${head} HTTP/1.1`, ...headers, 'Connection: close'].join('\r\n')}\r\n\r\n`,
      false,
    ),
  );

suite('back office’s web server', test => {
  test('the feed: its public files and nothing else, by whatever path', async context => {
    const { port } = await start(context);
    const host = 'Host: 127.0.0.1';
    assert.equal(await send(port, 'GET /feed/metadata/timestamp.json', host), [200]);
    for (const path of [
      '',
      'nope',
      'metadata',
      'metadata/',
      'metadata/timestamp.json/',
      'metadata%2ftimestamp.json',
    ]) {
      const [status = 0] = await send(port, `GET /feed/${path}`, host);
      assert.ok([403, 404].includes(status), `${status} for ${path}`);
    }
    for (const up of [
      '../',
      '%2e%2e/',
      '..%2f',
      '.%2e/',
      '..\\',
      '%2e%2e%2f',
      '....//',
      '%00/../',
      '\u00ff/../',
    ])
      for (const path of ['fleet-keys.json', 'private/online-key.pem', 'private/targets-key.pem']) {
        const [status = 0] = await send(port, `GET /feed/${up}${path}`, host);
        assert.ok(status >= 400 && status < 500, `${status} for ${up}${path}`);
      }
  });

  test('500 random bad requests each to the feed and the controls: never a 5xx', async context => {
    const { port, told } = await start(context);
    for (const place of ['/feed/', '/sim/']) {
      const bad = fc.asyncProperty(fc.array(badRequest, { minLength: 50, maxLength: 50 }), async requests => {
        const answers = requests.map(bytesFor => {
          const bytes = bytesFor({ cookie: 'session=x', token: 'x' }).toString('latin1');
          const moved = bytes.replace(' /', ` ${place}`).replace('Host: x', 'Host: 127.0.0.1');
          return sendRaw(port, Buffer.from(moved, 'latin1'));
        });
        for (const said of await Promise.all(answers))
          for (const status of statusesIn(said)) assert.ok(status < 500, said);
      });
      await fc.assert(bad, { numRuns: 10, endOnFailure: true });
    }
    assert.equal(told, []);
  });

  test('the controls are closed to pages of other sites, and to names that were pointed here', async context => {
    const { office, port } = await start(context);
    const evil = ['Host: evil.example', 'Host: 127.0.0.1.evil.example', 'Host: evil.example:80@127.0.0.1'];
    for (const host of evil) assert.equal(await send(port, 'GET /sim/sms/13800000001', host), [403], host);
    assert.equal(await send(port, 'GET /sim/sms/13800000001', 'Host: localhost:1'), [200]);
    for (const headers of [
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'same-site' },
    ])
      assert.is((await fetch(`${office.url}/sim/publish`, { method: 'POST', headers })).status, 403);
    const { status } = await fetch(`${office.url}/sim/publish`, {
      method: 'POST',
      headers: { origin: office.url },
    });
    assert.is(status, 200);
  });
});
