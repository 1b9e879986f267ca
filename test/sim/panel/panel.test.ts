import { createHash, randomBytes } from 'node:crypto';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { durationMs, readWav } from '../../../drivers/speaker/wav.ts';
import type { Passenger } from '../../../sim/bus/passengers.ts';
import { readPng, writePng } from '../../../sim/media/png.ts';
import type { CommandDone } from '../../../sim/panel/protocol.ts';
import { parseScenario } from '../../../sim/scenarios/format/read-scenario.ts';
import { suite, until } from '../../harness.ts';
import { createBadRequests, foreignHeaders, hostileBodies, sendRaw } from './bad-requests.ts';
import { startPanelBus } from './panel-bus.ts';

const { panel, client, close } = await startPanelBus();
const { ask, hold, post, command, state } = client;
const { host, port } = new URL(panel.url);
const text = (body: Buffer) => body.toString('utf8');

suite('panel', test => {
  const endsAtLast = test.shared(({ after }) => after(close));

  test('the whole state', async () => {
    const { line, phase, validators, passengers, feed, stops, vocabulary, cardFaults } = await state();
    assert.equal([line, phase], ['2', 'enforced']);
    assert.ok(validators.front.isRunning && validators.rear.isRunning);
    assert.ok(validators.front.passenger.lines.some(row => row.includes('请刷卡')));
    assert.equal(validators.front.journal, { rows: 0, byVerdict: {} });
    assert.equal(validators.rear.position, { lat: stops[0]?.lat, lon: stops[0]?.lon });
    assert.equal(
      passengers.map(({ id }) => id),
      ['wang', 'zhou-red', 'zhu-phone'],
    );
    assert.ok(feed.version > 0 && Math.abs(Date.now() - feed.publishedAt) < 60_000);
    assert.ok(vocabulary.some(({ command }) => command.startsWith('tap ')));
    assert.ok(vocabulary.some(({ command }) => command.startsWith('record ')));
    assert.ok(cardFaults.includes('leaves-half-way'));
  });

  test('a tap is seen by two pages, and by one that comes later', async ({ after }) => {
    const pages = [await client.openEvents(), await client.openEvents()];
    after(() => pages.map(page => page.close()));
    const { line, yaml, outcome } = await command('tap front wang');
    assert.equal([line, yaml, outcome.event], ['tap front wang', '- tap: front wang\n', 'tap']);
    for (const page of pages) {
      await until('the command is seen', () => page.state.commands.at(-1)?.line === line);
      const { passenger, journal, lastTap } = page.state.validators.front;
      assert.equal([passenger.light, passenger.beeps], ['green', 1]);
      assert.equal(journal, { rows: 1, byVerdict: { pass: 1 } });
      assert.equal([lastTap?.passenger, lastTap?.verdict], ['wang', 'pass']);
      assert.ok(page.state.log.some(({ event, validator }) => event === 'tap' && validator === 'front'));
      assert.not(page.changes.some(change => 'stops' in change || 'vocabulary' in change));
    }
    await until('it is said', () => pages[1]?.state.validators.front.said.passenger.text === '滴');
    const { passenger: said, crew } = (await state()).validators.front.said;
    assert.equal([said.count, said.prompt, crew.count], [1, 'di', 0]);
    pages[0]?.close();
    const back = await client.openEvents();
    after(back.close);
    assert.equal(back.state.commands, pages[1]?.state.commands);
    assert.is(back.state.validators.front.lastTap?.verdict, 'pass');
  });

  test.needing('espeak-ng', 'a page can play what was said', async () => {
    endsAtLast();
    const { status, headers, body } = await ask('/api/prompts/see-crew.wav');
    assert.equal([status, headers['content-type']], [200, 'audio/wav']);
    assert.is(durationMs(readWav(body)) > 600, true);
    for (const prompt of ['no-such', '..%2f..%2fetc%2fpasswd', '__proto__', 'constructor']) {
      assert.is((await ask(`/api/prompts/${prompt}.wav`)).status, 404, prompt);
    }
  });

  test('what the bus does by itself is told: a power cut, a bus that moves', async ({ after }) => {
    const page = await client.openEvents();
    after(page.close);
    const before = page.state.validators.rear.position;
    await command('gnss rear drive 60');
    await until('it moves', () => page.state.validators.rear.position.lat > before.lat);
    await command('gnss rear stop 2-01');
    const cut = command('power rear');
    await until('it is under way', () => page.state.underWay.join() === 'power rear');
    await until('it is off', () => !page.state.validators.rear.isRunning);
    assert.is(page.state.validators.rear.linksVersion, undefined);
    await cut;
    await until('it runs', () => page.state.validators.rear.linksVersion !== undefined);
    assert.ok(page.state.validators.rear.isRunning);
    await until('nothing is under way', () => page.state.underWay.length === 0);
    await command('freeze front on');
    await until('what is set is told', () => page.state.settings['freeze front'] === 'on');
    await command('freeze front off');
  });

  test('what cannot be carried out is an outcome, and seen', async () => {
    const done = await command('tap front nobody');
    assert.equal(done.outcome, { event: 'error', message: 'there is no passenger nobody: type list' });
    assert.equal((await state()).commands.at(-1), done);
    const { outcome } = await command('dance');
    assert.match(String(outcome.message), 'unknown command "dance"');
    const long = await command('help');
    assert.ok('commands' in long.outcome);
    assert.equal((await state()).commands.at(-1)?.outcome, { event: 'help', shortened: true });
  });

  test('what others type is seen', async () => {
    assert.is((await panel.run('list')).event, 'passengers');
    assert.is((await state()).commands.at(-1)?.line, 'list');
    await panel.run('tap side wang').then(
      () => assert.unreachable(),
      error => assert.match(error.message, 'front, rear'),
    );
  });

  test('hostile bodies', async () => {
    for (const [status, body] of hostileBodies) {
      const answer = await post('/api/command', body);
      assert.is(answer.status, status, body.slice(0, 60));
      assert.type(client.problem(answer), 'string');
    }
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const asked = { method: 'POST', headers: { 'content-type': type }, body: '{"line": "list"}' };
      assert.is((await ask('/api/command', asked)).status, 415, type);
    }
  });

  test('a foreign Host or Origin', async ({ after }) => {
    const paths = ['/api/state', '/%61pi/state', '/api/events', '/api/codes/zhu-phone.png', '/api/nowhere'];
    for (const [what, headers] of foreignHeaders(Number(port))) {
      for (const path of paths) {
        const answer = await ask(path, { headers });
        assert.is(answer.status, 403, `${path} ${JSON.stringify(headers)}`);
        assert.match(client.problem(answer), what);
      }
      const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
      const key = { 'sec-websocket-key': randomBytes(16).toString('base64') };
      const answer = await ask('/api/consoles/front', { headers: { ...upgrade, ...key, ...headers } });
      assert.is(answer.status, 403, JSON.stringify(headers));
    }
    const sent = { 'content-type': 'application/json', origin: 'http://evil.example' };
    const before = (await state()).commands.length;
    assert.is(
      (await ask('/api/command', { method: 'POST', headers: sent, body: '{"line":"list"}' })).status,
      403,
    );
    assert.is((await state()).commands.length, before);
    assert.is((await ask('/', { headers: { host: 'evil.example' } })).status, 403);
    const own = {
      host: `localhost:${port}`,
      origin: `http://localhost:${port}`,
      'sec-fetch-site': 'same-origin',
    };
    assert.is((await ask('/api/state', { headers: own })).status, 200);
    assert.is((await ask('/', { headers: { 'sec-fetch-site': 'cross-site' } })).status, 200);
    const page = client.openConsole('front', { origin: panel.url });
    after(page.close);
    await page.said('> ');
  });

  test('the page, what it loads, and nothing else', async () => {
    const { headers, body } = await ask('/');
    const [, importMap = ''] = /<script type="importmap">(.*)<\/script>/.exec(text(body)) ?? [];
    const hash = createHash('sha256').update(importMap).digest('base64');
    const policy = String(headers['content-security-policy']);
    const { feed } = await state();
    assert.match(policy, `script-src 'self' 'sha256-${hash}';`);
    assert.match(policy, `frame-src ${feed.siteUrl};`);
    assert.match(policy, "default-src 'none'");
    assert.match(policy, "frame-ancestors 'none'");
    const modules: string[] = Object.values(JSON.parse(importMap).imports);
    assert.is(modules.length, 5);
    for (const path of [...modules, '/vendor/xterm.css']) {
      const answer = await ask(path);
      assert.is(answer.status, 200, path);
      assert.match(String(answer.headers['content-type']), /^text\/(javascript|css)/);
      assert.is(answer.headers['x-content-type-options'], 'nosniff');
    }
    const others = [
      '/vendor/',
      '/vendor/package.json',
      '/page/',
      '/page/../server.js',
      '/page/%2e%2e/server.js',
    ];
    for (const path of others) assert.is((await ask(path)).status, 404, path);
  });

  test("a phone's code, seen by a camera as a tester holds it", async () => {
    const code = await ask('/api/codes/zhu-phone.png');
    assert.is(code.headers['content-type'], 'image/png');
    const { width, height } = readPng(code.body);
    assert.is(width, height);
    const seen = readPng((await ask('/api/codes/zhu-phone.png?blurPixels=2&rotationDeg=20')).body);
    assert.equal([seen.width, seen.height], [640, 480]);
    const bad: [string, RegExp][] = [
      ['/api/codes/zhu-phone.png?blurPixels=1000000000', /blurPixels is a number from 0 to 50/],
      ['/api/codes/zhu-phone.png?blurPixels=1&blurPixels=2', /blurPixels is a number/],
      ['/api/codes/zhu-phone.png?width=100000', /width is not known here; known are codeHeight/],
      ['/api/codes/zhu-phone.png?__proto__=1', /__proto__ is not known here; known are codeHeight/],
      ['/api/codes/wang.png', /wang has a card/],
      ['/api/codes/nobody.png', /there is no passenger nobody/],
    ];
    for (const [path, problem] of bad) {
      const answer = await ask(path);
      assert.is(answer.status, 400, path);
      assert.match(client.problem(answer), problem);
    }
  });

  test('a picture held before a camera: what the camera sees, and what comes of it', async () => {
    const empty = (await ask('/api/cameras/rear.png')).body;
    assert.equal(new Set(readPng(empty).grey), new Set([128]));
    const code = (await ask('/api/codes/zhu-phone.png')).body;
    const held = hold('rear', code);
    await until('the camera sees it', async () => !(await ask('/api/cameras/rear.png')).body.equals(empty));
    const { outcome, yaml } = JSON.parse(text((await held).body)) as CommandDone;
    assert.equal([outcome.event, 'verdict' in outcome && outcome.verdict], ['tap', 'pass']);
    assert.match(yaml, /^- picture: rear .*\.png\n$/);
    assert.ok((await ask('/api/cameras/rear.png')).body.equals(empty));
  });

  test('pictures that are none, or too large', async () => {
    const large = writePng({ width: 2500, height: 2500, grey: new Uint8Array(2500 * 2500) });
    assert.is((await hold('front', large)).status, 413);
    // Told by its length, before any of it has come.
    assert.is((await hold('front', large.subarray(0, 0), { 'content-length': '8388609' })).status, 413);
    const code = (await ask('/api/codes/zhu-phone.png')).body;
    const broken = [Buffer.from('no PNG'), Buffer.alloc(100), code.subarray(0, 200), randomBytes(1000)];
    for (const picture of broken) {
      const { status, body } = await hold('front', picture);
      const { outcome } = JSON.parse(text(body)) as CommandDone;
      assert.equal([status, outcome.event], [200, 'error']);
      assert.match(String(outcome.message), 'PNG');
    }
    const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    assert.is((await ask('/api/cameras/front/picture', json)).status, 415);
    assert.is((await hold('side', code)).status, 404);
  });

  test('the serial console, bytes both ways', async ({ after }) => {
    const first = client.openConsole('front');
    const second = client.openConsole('front');
    after(() => [first, second].map(page => page.close()));
    await first.said('> ');
    first.send(Buffer.from('versionx\x7f\r'));
    await first.said('firmware');
    assert.match(first.output, /> version/);
    await second.said('> ');
    const { code, reason } = await client.openConsole('front').ended();
    assert.equal([code, reason], [4001, 'the console front is open in 2 pages already']);
    const cut = command('power front');
    assert.is((await first.ended()).code, 4003);
    await cut;
    await until('it runs', async () => (await state()).validators.front.linksVersion !== undefined);
    const again = client.openConsole('front');
    after(again.close);
    await again.said('> ');
    assert.is((await client.openConsole('side').ended()).code, 1006);
    assert.is((await ask('/api/consoles/front')).status, 404);
  });

  test('a recording is a scenario', async () => {
    assert.is((await ask('/api/recording.yaml')).status, 404);
    assert.is((await command('record stop')).outcome.event, 'error');
    assert.is((await command('record start')).outcome.event, 'recording');
    assert.ok((await state()).isRecording);
    await command('tap front zhou-red');
    await command('tap front nobody');
    await command('list');
    await command('health wang yellow');
    await command('record stop');
    await command('tap front wang');
    assert.not((await state()).isRecording);
    const { headers, body } = await ask('/api/recording.yaml');
    assert.match(String(headers['content-type']), 'application/yaml');
    const { given, steps } = parseScenario(text(body), 'recording.yaml');
    assert.equal([given.phase, given.line], ['enforced', '2']);
    const recorded = steps.filter(({ command: line }) => !line?.startsWith('wait'));
    assert.equal(
      recorded.map(({ command: line }) => line),
      ['tap front zhou-red', 'health wang yellow'],
    );
    const { passengers } = parse(text(body)).given;
    assert.equal(
      passengers.map(({ id, health }: Passenger) => `${id} ${health}`),
      ['wang green', 'zhou-red red'],
    );
    assert.equal(
      recorded.map(({ expect }) => expect),
      [{ verdict: 'abnormal', status: 'red', passenger: '请联系司乘人员', crew: '健康码异常' }, {}],
    );
  });

  test('1,000 bad requests, none is answered with 5xx', async () => {
    const bad = createBadRequests(7, host);
    const statuses = new Map<string, number>();
    const one = async (): Promise<void> => {
      const status = await sendRaw(Number(port), bad());
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    };
    for (let i = 0; i < 1000; i += 20) await Promise.all(Array.from({ length: 20 }, one));
    assert.not(
      [...statuses.keys()].some(status => status.startsWith('5')),
      JSON.stringify([...statuses]),
    );
    assert.ok((statuses.get('400') ?? 0) > 100 && (statuses.get('404') ?? 0) > 100);
    assert.is((await state()).line, '2');
  });

  test('it ends with pages and consoles open', async () => {
    const page = await client.openEvents();
    const console = client.openConsole('rear');
    await console.said('> ');
    await close();
    await until('the page has noticed', () => page.isClosed);
    assert.ok((await console.ended()).code > 0);
  });
});
