/** `check`: what a start would refuse and what hardware answers, told as one object that its schema holds. */
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { checkReport } from '../../../device/check/report.ts';
import { check } from '../../../device/compose/check.ts';
import { toHex } from '../../../device/core/bytes.ts';
import { openUplinkKeys, uplinkPlaces } from '../../../sim/backoffice/uplink/office-keys.ts';
import { createAuthority as createRootAuthority } from '../../../sim/media/authority.ts';
import { createScannerPort } from '../../../sim/wires/scanner-port.ts';
import { newSeed } from '../../../sync/uplink/ed25519.ts';
import { ownKeyText } from '../../../sync/uplink/uplink-keys.ts';
import { suite, type TestContext } from '../../harness.ts';
import { createAuthority } from '../../sim/backoffice/uplink/authority.ts';
import { startStand } from '../firmware/stand.ts';
import { deadWire, files } from './checked-files.ts';

const firmware = fileURLToPath(new URL('../../../device/main.js', import.meta.url));
function run(...args: readonly string[]): Promise<{ code: number | null; stderr: string; stdout: string }> {
  return new Promise(resolve => {
    const child = execFile(process.execPath, [firmware, 'check', ...args], (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}

const listen = (context: TestContext, heard: () => void = () => undefined) =>
  new Promise<number>(resolve => {
    const server = createServer(heard).listen(0, '127.0.0.1', () => resolve(Object(server.address()).port));
    context.after(() => server.close());
  });

suite('check', test => {
  test('one JSON object, exit 0 for what a start takes and 2 for what it refuses; wrong usage says nothing there', async context => {
    const { config, at } = files(context);
    const good = await run('--config', config, '--hardware-s', '0');
    assert.is(good.code, 0, good.stdout + good.stderr);
    assert.is(good.stdout.trim().split('\n').length, 1);
    const report = checkReport.parse(JSON.parse(good.stdout));
    assert.equal([report.ok, report.device, report.line, report.config], [true, 'bus-1-front', '2', config]);
    assert.equal(report.hardware, [{ part: 'code-reader', name: 'scanner', state: 'not-asked' }]);
    const none = await run('--config', at('none.yaml'));
    assert.is(none.code, 2);
    assert.equal(checkReport.parse(JSON.parse(none.stdout)).problems[0]?.file, at('none.yaml'));
    for (const args of [[], ['--config', config, '--hardware-s', '601']]) {
      const wrong = await run(...args);
      assert.equal([wrong.code, wrong.stdout], [2, ''], args.join(' '));
      assert.match(wrong.stderr, /error: /);
    }
    assert.not.ok(existsSync(at('journal.sqlite')), 'it makes nothing');
  });

  test('its page names every key and every state', () => {
    const page = readFileSync(new URL('../../../../docs/formats/check.md', import.meta.url), 'utf8');
    const schema = JSON.stringify(z.toJSONSchema(checkReport));
    const keys = [...schema.matchAll(/"properties":\{(.*?)\},"required"/g)].flatMap(([, inner = '']) =>
      [...inner.matchAll(/"(\w+)":\{/g)].map(([, key = '']) => key),
    );
    const states = checkReport.shape.hardware.element.shape.state.options;
    const words = [...new Set([...keys, ...states])].filter(
      word => !['anyOf', 'items', 'properties'].includes(word),
    );
    assert.ok(words.includes('cardReaders') && words.includes('silent'), words.join(' '));
    assert.equal(
      words.filter(word => !page.includes(`\`${word}\``)),
      [],
    );
  });

  test('what is no settings file: each has its own words, with the file and the place', async context => {
    const { config, directory } = files(context);
    const texts: readonly [string, RegExp, object?][] = [
      ['device: [\n', /Flow sequence/, { line: 2, column: 1 }],
      ['device: a\nline: "2"\ndevice: b\n', /keys must be unique/, { line: 3, column: 1 }],
      ['', /expected object/],
      ['- a\n', /expected object/, { line: 1, column: 1 }],
      ['x'.repeat(10 << 20), /10485760 bytes, at most 1048576/],
      ['logLevle: info\n', /unknown key logLevle.*did you mean logLevel/, { line: 1, column: 1 }],
      ['device: a\nline: "2"\nnoticeMs: soon\n', /noticeMs: .*number/, { line: 3, column: 11 }],
      ['\0\x01', /./],
    ];
    for (const [text, words, place = {}] of texts) {
      writeFileSync(config, text);
      const { ok, problems, device } = checkReport.parse(await check(config, 0));
      assert.equal([ok, device], [false, null]);
      const found = problems.find(({ message }) => words.test(message));
      assert.ok(found, `${text.slice(0, 40)}: ${JSON.stringify(problems)}`);
      assert.is(found?.file, config);
      const { line, column } = { line: found?.line, column: found?.column, ...place };
      assert.equal([found?.line, found?.column], [line, column]);
    }
    assert.match((await check(directory, 0)).problems[0]?.message ?? '', /is no plain file/);
  });

  test('files that are missing, no keys, or may be written by others; what others may read is a warning', async context => {
    const { check, fleetKeys, trust, at } = files(context);
    chmodSync(fleetKeys, 0o640);
    const readable = await check();
    assert.ok(readable.ok);
    assert.ok(
      readable.warnings.some(
        ({ file, message }) => file === fleetKeys && message.includes(`chmod 600 ${fleetKeys}`),
      ),
    );
    chmodSync(fleetKeys, 0o666);
    const { problems } = await check();
    assert.equal(problems, [
      { file: fleetKeys, message: `others may write ${fleetKeys}: chmod go-w ${fleetKeys}` },
    ]);
    chmodSync(fleetKeys, 0o600);
    const secret = readFileSync(fleetKeys, 'utf8').replace('"keys"', '"kyes"');
    writeFileSync(fleetKeys, secret);
    rmSync(trust);
    const feed = { url: deadWire.replace('tcp', 'http'), root: 'root.json' };
    writeFileSync(at('root.json'), '{"signed":{}}');
    const both = await check({ feed });
    assert.equal(both.problems.map(({ file }) => file).sort(), [fleetKeys, trust].sort());
    assert.not.match(JSON.stringify(both), /[0-9a-f]{64}/);
    writeFileSync(trust, '{"rootRecords":[]}');
    writeFileSync(fleetKeys, JSON.stringify({ device: 'first', privateKey: 'a'.repeat(64) }));
    const { problems: ofRoot, warnings } = await check({ feed });
    assert.match(ofRoot[0]?.message ?? '', /no root metadata of a feed/);
    assert.ok(warnings.some(({ file, message }) => file === trust && /no root authority/.test(message)));
    assert.ok(
      warnings.some(
        ({ file, message }) => file === fleetKeys && /key of first, not of bus-1-front/.test(message),
      ),
    );
  });

  test('root authorities: none, forged, expired, and one of two', async context => {
    const { check, trust } = files(context);
    const said = async (...records: readonly Uint8Array[]) => {
      writeFileSync(trust, JSON.stringify({ rootRecords: records.map(toHex) }));
      const { problems, warnings } = await check();
      const of = (found: typeof problems) =>
        found.filter(({ file }) => file === trust).map(({ message }) => message);
      return { problems: of(problems), warnings: of(warnings) };
    };
    const { rootRecord: good } = createRootAuthority();
    const { rootRecord: old } = createRootAuthority({ index: 2, expiry: '1223' });
    const forged = Uint8Array.from(good, (byte, i) => (i === 12 ? byte ^ 1 : byte));
    assert.equal(await said(good), { problems: [], warnings: [] });
    assert.match((await said()).warnings[0] ?? '', /names no root authority/);
    assert.match(
      (await said(good, forged)).problems[0] ?? '',
      /^rootRecords\[1\]: the self-signature does not verify/,
    );
    assert.match((await said(good, old)).warnings[0] ?? '', /0101000002 expired on 2023-12-31T16:00:00/);
    assert.match((await said(old)).problems[0] ?? '', /expired on/);
  });

  test('where nothing can be written, links, and what is no journal', async context => {
    const { check, at } = files(context);
    assert.match(
      (await check({ journal: 'none/journal.sqlite' })).problems[0]?.message ?? '',
      /no such directory/,
    );
    symlinkSync('/dev/null', at('linked.sqlite'));
    assert.match((await check({ journal: 'linked.sqlite' })).problems[0]?.message ?? '', /symbolic link/);
    writeFileSync(at('notes.sqlite'), 'shopping list', { mode: 0o600 });
    const { problems, warnings } = await check({ journal: 'notes.sqlite' });
    assert.equal(problems, []);
    assert.ok(
      warnings.some(({ file, message }) => file === at('notes.sqlite') && /sets it aside/.test(message)),
    );
    assert.is(readFileSync(at('notes.sqlite'), 'utf8'), 'shopping list');
    const nowhere = { cache: at('config.yaml/links'), fleetKeys: at('fleet-keys.json') };
    const feed = { url: 'http://127.0.0.1:1', root: 'root.json' };
    assert.ok(
      (await check({ links: nowhere, feed })).problems.some(({ message }) =>
        /link cache cannot be written/.test(message),
      ),
    );
  });

  test('ports that are taken or asked for twice, and two parts on one wire', async context => {
    const { check, config } = files(context);
    const port = await listen(context);
    const taken = await check({ console: { path: `tcp://127.0.0.1:${port}` } });
    assert.equal(
      taken.problems.map(({ file, message }) => [
        file,
        /console\.path: cannot listen: .*EADDRINUSE/.test(message),
      ]),
      [[config, true]],
    );
    const metrics = await check({ metrics: { listen: `127.0.0.1:${port}` } });
    assert.match(metrics.problems[0]?.message ?? '', /metrics\.listen: cannot listen/);
    const reader = { driver: 'vpcd', port: 40_963 };
    const twice = await check({
      cardReaders: [
        { ...reader, name: 'a' },
        { ...reader, name: 'b' },
      ],
    });
    assert.ok(
      twice.problems.some(({ message }) => /cardReaders\[0\] and cardReaders\[1\] both listen/.test(message)),
    );
    const wires = await check({ gnss: { path: deadWire } });
    assert.match(wires.problems[0]?.message ?? '', /codeReaders\[0\] and gnss are on the same wire/);
  });

  test.needing(
    'openssl',
    'certificates: missing, expired, of another validator, with another key',
    async context => {
      const { check, at } = files(context);
      const office = at('office');
      mkdirSync(office);
      openUplinkKeys(office);
      const signing = at('uplink.json');
      writeFileSync(signing, ownKeyText('bus-1-front', newSeed()), { mode: 0o600 });
      const authority = createAuthority(context);
      const uplink = {
        url: 'mqtts://127.0.0.1:1',
        signing,
        office: uplinkPlaces(office).office,
        ca: authority.ca,
      };
      const own = authority.issue('own', 'bus-1-front');
      const said = async (files: object) => (await check({ uplink: { ...uplink, ...files } })).problems;
      assert.equal(await said(own), []);
      const other = authority.issue('other', 'bus-2-front');
      assert.match((await said(other))[0]?.message ?? '', /certificate of bus-2-front; .* as bus-1-front/);
      assert.match((await said({ ...own, key: other.key }))[0]?.message ?? '', /is not the key of/);
      const old = authority.issue('old', 'bus-1-front', undefined, ['20200101000000Z', '20210101000000Z']);
      assert.match((await said(old))[0]?.message ?? '', /expired on Jan +1 00:00:00 2021/);
      assert.match((await said({ ...own, cert: at('none.pem') }))[0]?.message ?? '', /ENOENT/);
      assert.match((await said({ ...own, key: own.cert }))[0]?.message ?? '', /no private key in PEM/);
      assert.match(
        (await check({ uplink: { ...uplink, signing: at('config.yaml') } })).problems[0]?.message ?? '',
        /not JSON/,
      );
    },
  );

  test('hardware: what answers, what is not there, and what says nothing', async context => {
    const { check } = files(context);
    const scanner = await createScannerPort({});
    context.after(() => scanner.close());
    const { ok, hardware } = await check(
      {
        codeReaders: [
          { name: 'scanner', driver: 'scanner', path: `tcp://127.0.0.1:${scanner.port}` },
          { name: 'gone', driver: 'scanner', path: '/dev/none' },
          { name: 'camera', driver: 'camera', source: { command: ['false'] } },
        ],
        displays: [{ name: 'screen', driver: 'terminal', audience: 'crew', path: 'stdout' }],
      },
      120_000,
    );
    const states = Object.fromEntries(hardware.map(({ name, state }) => [name, state]));
    assert.equal(states, {
      ...{ scanner: 'answers', gone: 'fault', camera: 'fault', zxing: 'answers', screen: 'not-asked' },
    });
    assert.match(hardware.find(({ name }) => name === 'gone')?.message ?? '', /ENOENT/);
    assert.ok(ok, 'a start would not refuse it');

    const mute = await listen(context);
    const gnss = { path: `tcp://127.0.0.1:${mute}`, timeoutMs: 60_000 };
    const silent = await check({ gnss }, 200);
    assert.is(silent.hardware.find(({ part }) => part === 'gnss')?.state, 'silent');
  });

  test('beside a firmware that runs: it says so, and takes nothing from it', async context => {
    const stand = await startStand(context);
    const { ok, running, problems, hardware } = await check(join(stand.directory, 'config.yaml'), 120_000);
    assert.equal(problems, []);
    assert.ok(ok);
    assert.is(running?.pid, stand.post.firmware.pid);
    assert.ok(hardware.length > 4);
    assert.equal([...new Set(hardware.map(({ state }) => state))], ['in-use']);
    const { verdict } = await stand.scan(stand.crowd.code('green'));
    assert.is(verdict, 'pass');
    assert.equal(stand.log.filter(({ event }) => event === 'part-fault').length, 0, 'no wire was touched');
  });
});
