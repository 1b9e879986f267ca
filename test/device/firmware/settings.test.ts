/** The firmware's command line and files: wrong ones end it at once with exit 2 and every problem on stderr. */
import { execFile } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { parse, stringify } from 'yaml';
import { readAllSettings } from '../../../device/compose/settings.ts';
import { pilotPolicy } from '../../../device/core/policy.ts';
import { isUnusable } from '../../../device/settings/settings.ts';
import { firmwareProgram } from '../../../sim/bus/firmware-process.ts';
import { setUpBackOffice } from '../../delivered-cache.ts';
import { suite, type TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

const firmware = firmwareProgram();
const limitMs = 120_000;
const { version: packageVersion } = JSON.parse(
  readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8'),
);

/** Runs it to its end; one that does not end by itself is killed, and has no exit code. */
function run(...args: readonly string[]): Promise<{ code: number | null; stderr: string; stdout: string }> {
  return new Promise(resolve => {
    const options = { timeout: limitMs, killSignal: 'SIGKILL' } as const;
    const child = execFile(process.execPath, [firmware, ...args], options, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}

/** Good files, and what each test makes of them. */
function files(context: TestContext, changes: Readonly<Record<string, unknown>> = {}) {
  const directory = temporaryDirectory(context);
  const { trust, fleetKeys, links, policy } = setUpBackOffice(directory, 'enforced', Date.now()).files;
  const config = join(directory, 'config.yaml');
  const good = {
    device: 'bus-1-front',
    line: '2',
    journal: 'journal.sqlite',
    links: { cache: links, fleetKeys },
    trust,
    policy,
    codeReaders: [{ name: 'scanner', driver: 'scanner', path: 'tcp://127.0.0.1:1' }],
  };
  writeFileSync(config, stringify({ ...good, ...changes }));
  return { directory, config, trust, fleetKeys, policy };
}

/** As a start reads them. @returns what it says */
function refused(config: string, ...problems: readonly (string | RegExp)[]): string {
  try {
    readAllSettings(config);
  } catch (error) {
    if (!isUnusable(error)) throw error;
    for (const problem of problems) assert.match(error.message, problem);
    return error.message;
  }
  throw new Error('they were taken');
}

async function refusedByProgram(config: string, ...problems: readonly (string | RegExp)[]): Promise<string> {
  const { code, stderr } = await run('run', '--config', config);
  assert.is(code, 2, stderr);
  for (const problem of problems) assert.match(stderr, problem);
  assert.not.match(stderr, /^ +at /m, 'no stack trace');
  return stderr;
}

suite('settings', test => {
  test('too few open files: one line, before anything is loaded', async () => {
    const script = 'ulimit -n 48 && exec "$0" "$1" run --config none.yaml';
    const { code, stderr } = await new Promise<{ code: number | null; stderr: string }>(resolve => {
      const child = execFile('sh', ['-c', script, process.execPath, firmware], (_error, _stdout, stderr) =>
        resolve({ code: child.exitCode, stderr }),
      );
    });
    assert.is(code, 2);
    assert.match(stderr, /^the firmware needs 64 open files and may have 48: raise [^\n]*\n$/);
  });

  test('what others may write is refused', context => {
    const { config, trust, fleetKeys } = files(context);
    for (const file of [config, trust, fleetKeys]) {
      chmodSync(file, 0o666);
      refused(config, new RegExp(`others may write ${file}: chmod go-w ${file}`));
      chmodSync(file, 0o644);
    }
  });

  test('every problem at once, with its line, path and what is allowed', async context => {
    const { config } = files(context, {
      device: 'bus 1 front!',
      line: undefined,
      cardReaders: [
        { name: 'card', driver: 'nfc', port: 1 },
        { name: 'two', driver: 'vpcd', port: 70_000 },
      ],
      displays: [{ name: 'card', driver: 'terminal', audience: 'dog', path: 'screen' }],
      logLevel: 'loud',
      colour: 'blue',
    });
    const stderr = await refusedByProgram(
      config,
      /line \d+, column \d+: device: must be 1 to 32 letters/,
      /: line: must be a line name/,
      /cardReaders\[0\]\.driver/,
      /cardReaders\[1\]\.port/,
      /displays\[0\]\.audience.*passenger.*crew/,
      /displays\[0\]\.path: must be/,
      /logLevel.*debug.*info.*warn.*error/,
      /unknown key; allowed here: device/,
    );
    assert.ok(stderr.trim().split('\n').length >= 8, stderr);
  });

  test('an address that no wire can have ends it too, for every kind of wire', async context => {
    for (const address of ['tcp://127.0.0.1:99999', 'tcp://127.0.0.1:0', 'tcp://[::g]:80', 'tcp://a b:80']) {
      const { config } = files(context, {
        codeReaders: [
          { name: 'scanner', driver: 'scanner', path: address },
          { name: 'camera', driver: 'camera', source: address },
        ],
        displays: [{ name: 'crew', driver: 'terminal', audience: 'crew', path: address }],
        console: { path: address },
      });
      refused(config, 'codeReaders[0].path', 'codeReaders[1].source', 'displays[0].path', 'console.path');
    }
  });

  test('not YAML, empty, a list, a directory, no file, a megabyte and more', async context => {
    const { config, directory } = files(context);
    for (const text of [
      'device: [',
      '',
      '- a\n- b\n',
      'a: &a [*a]\n',
      `# ${'x'.repeat(1 << 20)}`,
      '\0\x01\x02',
    ]) {
      writeFileSync(config, text);
      refused(config, config);
    }
    refused(directory, directory);
    refused(join(directory, 'none.yaml'), /none\.yaml.*ENOENT/);
  });

  test('missing trust, key, policy and root metadata files, all told at once', async context => {
    const feed = { url: 'http://127.0.0.1:1', root: 'no-root.json' };
    const { config, trust, fleetKeys, policy } = files(context, { feed });
    for (const file of [trust, fleetKeys, policy]) rmSync(file);
    refused(config, trust, fleetKeys, policy, /no-root\.json: ENOENT/);
  });

  test('damaged trust, key and policy files, and nothing of a key is printed', async context => {
    const { config, trust, fleetKeys, policy } = files(context);
    const keys: { keys: { key: string }[] } = JSON.parse(readFileSync(fleetKeys, 'utf8'));
    const secret = keys.keys[0]?.key ?? '';
    assert.is(secret.length, 64);
    writeFileSync(trust, JSON.stringify({ rootRecords: ['00'] }));
    writeFileSync(fleetKeys, JSON.stringify({ keys: [{ id: 'k', key: `${secret}0` }] }));
    const { trialFrom, ...rest } = parse(readFileSync(policy, 'utf8'));
    writeFileSync(policy, stringify({ ...rest, fare: { ...pilotPolicy.fare, baseFen: -1 } }));
    const stderr = refused(config, 'rootRecords[0]: must be 144 bytes', fleetKeys, /trialFrom/, /baseFen/);
    assert.not.match(stderr, secret.slice(0, 16));
    assert.type(trialFrom, 'string');
    copyFileSync(trust, fleetKeys);
    assert.not.match(refused(config, fleetKeys), '"00"');
  });

  test('wrong usage of the command line', async () => {
    for (const args of [
      [],
      ['fly'],
      ['run'],
      ['run', '--config'],
      ['run', '--colour', 'x'],
      ['run', 'extra'],
    ]) {
      const { code, stderr } = await run(...args);
      assert.is(code, 2, args.join(' '));
      assert.ok(stderr.length > 0, args.join(' '));
    }
    assert.match((await run('--help')).stdout, 'run');
    const version = await run('--version');
    assert.equal([version.code, version.stdout], [0, `${packageVersion}\n`]);
  });
});
