/** The simulation's controls: strict in what they take, documented, and harmless as pages. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { startBackOffice } from '../../../../sim/backoffice/backoffice.ts';
import { suite, type TestContext, until } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { driver } from '../office-process.ts';
import { card, owner, quiet, rideCode, tableOf } from '../small-office.ts';

const anna = owner(1);

async function start(context: TestContext) {
  const directory = temporaryDirectory(context);
  const mediaFile = join(directory, 'media.csv');
  writeFileSync(mediaFile, tableOf([anna]));
  const publishTimes = { debounceMs: 5, pauseMs: 5, atMost: { publications: 100, withinMs: 1 } };
  const office = await startBackOffice(
    { port: 0, directory: join(directory, 'data'), mediaFile, sim: true, publishTimes, log: quiet },
    driver,
  );
  context.after(() => office.close());
  await office.parts.store.people.register(anna, anna.media, { at: 1, textVersion: 'v', basis: 'consent' });
  const ask = async (method: string, path: string, body?: unknown) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const answer = await fetch(`${office.url}/sim${path}`, init);
    return { status: answer.status, json: Object(await answer.json()) };
  };
  return { office, ask };
}

suite('simulation controls', test => {
  test('a medium’s owner, a person, everybody: their codes, and what is published of them', async context => {
    const { ask } = await start(context);
    const has = (status: string) =>
      until(status, async () => (await ask('GET', '/counts')).json.byStatus[status] === 1);
    const medium = { medium: 'ride-code', account: rideCode(1).account };
    assert.is((await ask('PUT', '/health/medium', { ...medium, status: 'red' })).status, 200);
    await has('red');
    const { name, phone } = anna;
    assert.is(
      (await ask('PUT', '/health/person', { name, phone, status: 'yellow', testAgeH: 3 })).status,
      200,
    );
    await has('yellow');
    const published = await ask('POST', '/publish');
    assert.is(published.json.links, 2);
    assert.ok((await ask('POST', '/publish')).json.version > published.json.version);
  });

  test('faults of the source and of the gateway', async context => {
    const { ask, office } = await start(context);
    assert.equal((await ask('PUT', '/health/faults', { failing: 1 })).json, {
      slowMs: 0,
      failing: 1,
      contradicting: false,
    });
    assert.is(office.parts.source.faults.failing, 1);
    await ask('PUT', '/sms/faults', { failing: true });
    const asked = office.registration.requestCode(
      { session: 's', address: 'a' },
      { purpose: 'register', byProxy: false, name: anna.name, phone: anna.phone },
    );
    assert.is(
      await asked.then(
        () => 'sent',
        () => 'failed',
      ),
      'failed',
    );
  });

  test('what makes no sense is refused, and said why', async context => {
    const { ask } = await start(context);
    for (const [method, path, body, status] of [
      ['PUT', '/health/medium', { medium: 't-union', account: card(99).account, status: 'red' }, 404],
      ['PUT', '/health/medium', { medium: 't-union', account: '1', status: 'red' }, 400],
      ['PUT', '/health/person', { name: '张三', phone: '1', status: 'red' }, 400],
      ['PUT', '/health/person', { name: '张三', phone: '13800000001', status: 'gold' }, 400],
      ['PUT', '/health/rule', { red: 1001 }, 400],
      ['PUT', '/health/rule', { blue: 1 }, 400],
      ['PUT', '/health/faults', { failing: 2 }, 400],
      ['PUT', '/health/faults', [], 400],
      ['GET', '/sms/1', undefined, 400],
      ['GET', '/sms/faults/x', undefined, 404],
    ] as const) {
      const { status: answered, json } = await ask(method, path, body);
      assert.is(answered, status, `${method} ${path} ${JSON.stringify(body)}`);
      assert.ok(json.problems?.length > 0 || json.message !== undefined);
    }
  });

  test('the document names every route; pages show no markup of others', async context => {
    const { office, ask } = await start(context);
    const { paths, openapi } = (await ask('GET', '/openapi.json')).json;
    assert.is(openapi, '3.1.0');
    assert.equal(Object.keys(paths).sort(), [
      '/sim/counts',
      '/sim/health/faults',
      '/sim/health/medium',
      '/sim/health/person',
      '/sim/health/rule',
      '/sim/publish',
      '/sim/sms/faults',
      '/sim/sms/{phone}',
      '/sim/validators',
    ]);
    await office.parts.gateway.send(anna.phone, '<script>alert(1)</script>');
    for (const path of ['/', '/inbox', `/inbox?phone=${anna.phone}`, '/inbox?phone="><script>']) {
      const page = await fetch(`${office.url}/sim${path}`);
      assert.is(page.status, 200);
      assert.match(page.headers.get('content-security-policy') ?? '', "default-src 'none'");
      assert.is((await page.text()).includes('<script'), false);
    }
    const inbox = await fetch(`${office.url}/sim/inbox?phone=${anna.phone}`);
    assert.match(await inbox.text(), '&lt;script&gt;');
  });
});
