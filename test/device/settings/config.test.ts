import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { fareTableAt } from '../../../device/core/fare/fare-table.ts';
import { pilotPolicy } from '../../../device/core/policy.ts';
import { FileProblems } from '../../../device/kit/yaml-file.ts';
import { readConfig } from '../../../device/settings/config.ts';
import { readPolicy } from '../../../device/settings/policy-file.ts';
import { readTrustFile } from '../../../device/settings/trust-file.ts';
import { suite, type TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

const good = `
device: bus-1-front
line: 2
journal: state/journal.sqlite
links: {cache: links, fleetKeys: /etc/keys.json}
trust: trust.json
cardReaders:
  - {name: card, driver: vpcd, port: 35963}
codeReaders:
  - {name: scanner, driver: scanner, path: /dev/ttyUSB0}
  - {name: cam, driver: camera, source: {command: [ffmpeg, -i, x]}}
displays:
  - {name: front, driver: terminal, audience: passenger, path: stdout}
console: {path: tcp://127.0.0.1:7000}
gnss: {path: /dev/ttyACM0}
`;

function problemsOf(
  context: TestContext,
  text: string,
  read: (path: string) => unknown = readConfig,
): string[] {
  const path = join(temporaryDirectory(context), 'file.yaml');
  writeFileSync(path, text);
  try {
    read(path);
    return [];
  } catch (error) {
    assert.instance(error, FileProblems);
    return String(error instanceof FileProblems && error.message)
      .replaceAll(`${path}: `, '')
      .split('\n');
  }
}

suite('config', test => {
  test('a PC/SC reader needs a name only', context => {
    const path = join(temporaryDirectory(context), 'config.yaml');
    writeFileSync(path, good.replace('driver: vpcd, port: 35963', 'driver: pcsc, reader: ACR122U'));
    assert.equal(readConfig(path).cardReaders, [
      { name: 'card', driver: 'pcsc', reader: 'ACR122U', apduTimeoutMs: 300, heartbeatTimeoutMs: 900 },
    ]);
  });

  test('a journal is sealed for the uplink’s back office, or for another where there is no uplink', context => {
    const sealed = `${good}journalSeal: office.json\n`;
    assert.equal(problemsOf(context, sealed), []);
    const uplink = 'uplink: {url: "mqtt://a:1", signing: uplink.json, office: office.json}\n';
    assert.match(
      problemsOf(context, sealed + uplink).join(),
      'journalSeal: is for a validator without an uplink',
    );
    const path = join(temporaryDirectory(context), 'config.yaml');
    writeFileSync(path, sealed);
    const { journalSeal, journalKeep } = readConfig(path);
    assert.equal([journalSeal, journalKeep], [join(path, '..', 'office.json'), { days: 7, mib: 256 }]);
  });

  test('a PSAM needs the bus’s own number: the first letters of a device’s name differ from door to door', context => {
    const paying = `${good}psam: {driver: vpcd, port: 35964}\n`;
    assert.match(problemsOf(context, paying).join(), 'bus: is required with a psam');
    assert.equal(problemsOf(context, `${paying}bus: A1234\n`), []);
  });

  test('defaults are filled in, a line number is its name, paths are relative to the file', context => {
    const directory = temporaryDirectory(context);
    const path = join(directory, 'config.yaml');
    writeFileSync(path, good);
    const config = readConfig(path);
    assert.is(config.line, '2');
    assert.is(config.journal, join(directory, 'state/journal.sqlite'));
    assert.equal(config.links, { cache: join(directory, 'links'), fleetKeys: '/etc/keys.json' });
    assert.equal(config.cardReaders, [
      { name: 'card', driver: 'vpcd', host: '127.0.0.1', port: 35963, apduTimeoutMs: 300 },
    ]);
    assert.is(config.decoder, 'zxing');
    assert.equal([config.cardTimeoutMs, config.stopTimeoutMs], [700, 1500]);
    assert.is(config.console?.baudRate, 115_200);
    assert.equal(config.gnss, { name: 'gnss', path: '/dev/ttyACM0', baudRate: 9600, timeoutMs: 1900 });
  });

  test('every problem at once, each with its place, path and what is allowed', context => {
    const bad = good
      .replace('bus-1-front', '"a b"')
      .replace('trust:', 'trsut:')
      .replace('driver: vpcd', 'driver: nfc')
      .replace('/dev/ttyUSB0', 'ttyUSB0, baud: 9600')
      .replace('audience: passenger', 'audience: everybody')
      .replace('name: cam', 'name: scanner');
    const problems = problemsOf(context, bad);
    const expected = [
      /^line 2, column 9: device: must be 1 to 32 letters/,
      /: trust: is required$/,
      /^line 8, .*: cardReaders\[0\]\.driver: .*'vpcd'/,
      /^line 10, .*: codeReaders\[0\]\.path: must be tcp:\/\/host:port or the path of a tty/,
      /: codeReaders\[0\]: unknown key baud; allowed here: name, driver, path, baudRate, frame, flowControl, encoding/,
      /: displays\[0\]\.audience: .*"passenger"\|"crew"/,
      /: unknown key trsut; allowed here: device, line, journal/,
      /share a name: scanner/,
    ];
    for (const pattern of expected) {
      assert.ok(
        problems.some(problem => pattern.test(problem)),
        `${pattern} in\n${problems.join('\n')}`,
      );
    }
    assert.is(problems.length, expected.length);
  });

  test('a feed: defaults, its root relative to the file; left out there is none', context => {
    const directory = temporaryDirectory(context);
    const path = join(directory, 'config.yaml');
    writeFileSync(path, good);
    assert.is(readConfig(path).feed, undefined);
    writeFileSync(path, `${good}feed: {url: 'https://feed.example:8443/bus/', root: trusted/root.json}\n`);
    assert.equal(readConfig(path).feed, {
      url: 'https://feed.example:8443/bus/',
      root: join(directory, 'trusted/root.json'),
      pollS: 60,
      timeoutMs: 10_000,
    });
  });

  test('a feed that cannot be: every problem is named with what is allowed', context => {
    const feed = '{url: "ftp://feed", pollS: 0.1, bandwidthKiBps: 3.5, timeoutMs: 999, proxy: x}';
    const problems = problemsOf(context, `${good}feed: ${feed}\n`);
    for (const pattern of [
      /: feed\.url: must be http:\/\/host or https:\/\/host/,
      /: feed\.root: .*(required|expected string)/,
      /: feed\.pollS: .*0\.2/,
      /: feed\.bandwidthKiBps: .*int/,
      /: feed\.timeoutMs: .*1000/,
      /: feed: unknown key; allowed here: url, root, pollS, bandwidthKiBps, timeoutMs/,
    ]) {
      assert.ok(
        problems.some(problem => pattern.test(problem)),
        `${pattern} in\n${problems.join('\n')}`,
      );
    }
    const urls = [
      'http://',
      'feed.example',
      'https:/feed',
      'http://a b',
      'http://feed?token=1',
      'http://feed#x',
      'http://feed:99999',
    ];
    for (const url of urls) {
      const text = `${good}feed: {url: '${url}', root: r}\n`;
      assert.match(problemsOf(context, text).join(), 'feed.url: must be', url);
    }
    for (const limit of ['pollS: 86401', 'bandwidthKiBps: 3', 'timeoutMs: 120001']) {
      const text = `${good}feed: {url: 'http://feed', root: r, ${limit}}\n`;
      assert.match(problemsOf(context, text).join(), `feed.${limit.split(':')[0]}`);
    }
  });

  test('the uplink has one address, or those of a cluster’s nodes', context => {
    const uplink = (url: string, more = '') =>
      `${good}uplink: {url: ${url}, signing: s.json, office: o.json${more}}\n`;
    const tls = ', ca: ca.pem';
    for (const text of [uplink('"mqtt://a"'), uplink('["mqtts://a:1", "mqtts://b"]', tls)])
      assert.equal(problemsOf(context, text), []);
    for (const [url, problem] of [
      ['"http://a"', /uplink\.url: must be mqtt:\/\/host or mqtts:\/\/host/],
      ['["mqtt://a", "b"]', /uplink\.url\.?\[?1\]?: must be mqtt:\/\/host/],
      ['[]', /uplink\.url/],
      [`[${'"mqtt://a",'.repeat(9)}]`, /uplink\.url/],
    ] as const)
      assert.match(problemsOf(context, uplink(url)).join(), problem);
    assert.match(
      problemsOf(context, uplink('["mqtts://a", "mqtt://b"]', tls)).join(),
      /certificates are for mqtts/,
    );
  });

  test('at least one reader', context => {
    const none = good.replace(/cardReaders:[\s\S]*displays:/, 'displays:');
    assert.match(problemsOf(context, none).join(), 'at least one of cardReaders and codeReaders');
  });

  test('not YAML, too large, not there, empty', context => {
    assert.match(problemsOf(context, 'a: [1,\nb: }').join(), /^line 2/);
    assert.match(problemsOf(context, `a: ${'x'.repeat(2 << 20)}`).join(), 'at most 1048576 are read');
    assert.throws(() => readConfig('/nowhere/config.yaml'), /ENOENT/);
    assert.match(problemsOf(context, '').join(), 'expected object, received null');
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'.replace(/./g, (k, i) => `${k}: &${k} [${`*${'abcdefghij'[i]},`.repeat(9)}]\n`)}`;
    assert.is.not(problemsOf(context, bomb).length, 0);
  });
});

suite('policy file', test => {
  const policy = `
lines: [2, "6"]
registrationFrom: 2022-05-19T00:00:00+08:00
trialFrom: 2022-05-23T00:00:00+08:00
enforcedFrom: 2022-06-01T00:00:00+08:00
freshness: {statusMaxAgeS: 3600, linksMaxAgeS: 86400}
repeatWindowS: 5
fare:
  baseFen: 200
  minimumBalanceFen: 100
  payPercent: {rideCode: 50, ordinary: 50, student: 25, senior: 0, test: 50, military: 50, unknown: 50}
`;

  test('the pilot’s own policy as a file is the built-in one', context => {
    const path = join(temporaryDirectory(context), 'policy.yaml');
    writeFileSync(path, policy.replace('[2, "6"]', '[2, 6, 10, 14, 15, 17, 19, 20, 24, 38]'));
    assert.equal(readPolicy(path), pilotPolicy);
    assert.equal(readPolicy(undefined), pilotPolicy);
  });

  test('fares: what may be left out, and what is refused', context => {
    const path = join(temporaryDirectory(context), 'policy.yaml');
    const change = 'from: 2023-01-01T00:00:00+08:00, baseFen: 300, minimumBalanceFen: 0, payPercent: ';
    const percents = /payPercent: (\{.*\})/.exec(policy)?.[1];
    const with2 = (more: string) => `${policy}${more}`.replaceAll('PERCENTS', percents ?? '');
    writeFileSync(
      path,
      with2(`  flatLines: [6, "10"]\n  rideMaxS: 7200\n  changes: [{${change}PERCENTS}]\n`),
    );
    const { fare } = readPolicy(path);
    assert.equal(fare.flatLines, ['6', '10']);
    assert.is(fare.rideMaxS, 7200);
    assert.equal(fare.distance, pilotPolicy.fare.distance);
    assert.is(fareTableAt(fare, Date.UTC(2022, 11, 31, 16)).baseFen, 300);
    const problems = (more: string) => problemsOf(context, with2(more), readPolicy).join();
    assert.match(problems('  distance: {includedM: 0, stepM: 5000, stepFen: 100}\n'), 'includedM');
    assert.match(problems('  distance: {includedM: 1, stepM: 1, stepFen: -1}\n'), 'stepFen');
    assert.match(problems('  rideMaxS: 86401\n'), 'rideMaxS');
    assert.match(problems('  flatLine: [2]\n'), 'flatLines');
    assert.match(
      problems(`  changes: [{${change}PERCENTS}, {${change}PERCENTS}]\n`),
      'in the order of their from',
    );
    assert.match(problems('  changes: [{from: 2023-01-01T00:00:00+08:00}]\n'), 'changes[0].baseFen');
  });

  test('dates without an offset, out of order, unknown keys are refused', context => {
    const problems = (text: string) => problemsOf(context, text, readPolicy).join();
    assert.match(problems(policy.replace('2022-05-23T00:00:00+08:00', '2022-05-23')), 'trialFrom');
    assert.match(problems(policy.replace('2022-05-23T', '2022-06-23T')), 'in this order');
    assert.match(problems(`${policy}x: 1\n`), 'unknown key');
    assert.match(problems(policy.replace('senior: 0', 'senior: 101')), 'senior');
  });
});

suite('trust file', test => {
  test('144 bytes in hex each, anything else is named', context => {
    const path = join(temporaryDirectory(context), 'trust.json');
    writeFileSync(path, JSON.stringify({ rootRecords: ['ab'.repeat(144)] }));
    assert.is(readTrustFile(path)[0]?.length, 144);
    const short = JSON.stringify({ rootRecords: ['ab'.repeat(144), 'ab'.repeat(143)] });
    assert.match(
      problemsOf(context, short, readTrustFile).join(),
      /rootRecords\[1\]: must be 144 bytes in hex/,
    );
  });
});
