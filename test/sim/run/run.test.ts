import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { lockDirectory } from '../../../sync/directory-lock.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { runSim, simProgram } from '../run-sim.ts';

/** A line of the log has an event, an answer to a command has not. */
interface Line {
  readonly event?: string;
  readonly answer?: string;
  readonly [field: string]: unknown;
}

/** Runs the bus with these commands on stdin to its end. */
async function runBus(context: TestContext, commands: readonly string[], ...words: string[]) {
  const directory = temporaryDirectory(context);
  const input = commands.map(command => `${command}\n`).join('');
  const { code, output, errors } = await runSim(
    ['run', '--json', '--patient', '--dir', directory, ...words],
    {
      context,
      input,
    },
  );
  const lines = output.split('\n').filter(line => line !== '');
  return { code, errors, events: lines.map((line): Line => JSON.parse(line)) };
}

const verdicts = (events: readonly Line[]) =>
  events
    .filter(({ answer }) => answer === 'tap' || answer === 'card-lost')
    .map(({ answer, passenger, verdict, reason, status }) => {
      const why = reason ?? status;
      return `${passenger}: ${verdict ?? answer}${why === undefined ? '' : ` ${why}`}`;
    });
/** Without its frame and the light's sign. */
const headline = ({ passengerScreen }: Line) => {
  const { lines } = passengerScreen as { lines: string[] };
  return lines[1]?.replace(/[│\s✓!✗]/g, '');
};

suite('simulated bus', test => {
  test('every passenger of the usual list at the front, by the way each has', async context => {
    const cards = [
      'wang',
      'li-student',
      'zhao-senior',
      'chen-old-card',
      'sun-yellow',
      'zhou-red',
      'zheng-unknown',
    ];
    const others = [
      'feng-not-linked',
      'lu-expired',
      'shi-blacklisted',
      'zhang-empty',
      'kong-door-card',
      'cao-bank-card',
    ];
    const phones = ['wu-popup', 'zhu-phone', 'qin-old-code', 'he-alipay'];
    const { code, events } = await runBus(context, [
      ...[...cards, ...others].map(who => `tap front ${who}`),
      ...phones.map(who => `scan front ${who}`),
      'show rear zhu-phone rotationDeg=15 blurPixels=0.6 noise=5',
    ]);
    assert.is(code, 0);
    assert.equal(verdicts(events), [
      'wang: pass',
      'li-student: pass',
      'zhao-senior: pass',
      'chen-old-card: pass',
      'sun-yellow: abnormal yellow',
      'zhou-red: abnormal red',
      'zheng-unknown: cannot-verify unknown-status',
      'feng-not-linked: not-found',
      'lu-expired: invalid expired',
      'shi-blacklisted: invalid blacklisted',
      'zhang-empty: invalid insufficient-balance',
      'kong-door-card: invalid unsupported',
      'cao-bank-card: invalid unsupported',
      'wu-popup: abnormal popup',
      'zhu-phone: pass',
      'qin-old-code: invalid expired',
      'he-alipay: invalid unsupported',
      'zhu-phone: pass',
    ]);
    const taps = events.filter(({ answer }) => answer === 'tap');
    const headlines = [
      '请上车',
      '请联系司乘人员',
      '暂时无法核验',
      '未查询到健康码信息',
      '此卡已过有效期',
      '无效码',
    ];
    assert.is(events[0]?.event, 'panel');
    assert.match(String(events[0]?.url), /^http:\/\/127\.0\.0\.1:\d+$/);
    const shown = taps.map(headline);
    for (const text of headlines) assert.ok(shown.includes(text), text);
    assert.equal(
      taps.map(tap => tap.seq),
      [...Array.from({ length: 17 }, (_, i) => i + 1), 1],
    );
  });

  test('a changed health code, stale and missing data, a card that leaves, a power cut', async context => {
    const { code, events } = await runBus(context, [
      'health wang red',
      'tap front wang',
      'health wang none',
      'tap rear wang',
      'data stale',
      'tap front chen-old-card',
      'data missing',
      'tap rear chen-old-card',
      'data fresh',
      'tap front li-student leaves-half-way',
      'tap front li-student',
      'explain rear sun-yellow',
    ]);
    assert.is(code, 0);
    assert.equal(verdicts(events), [
      'wang: abnormal red',
      'wang: not-found',
      'chen-old-card: cannot-verify stale-status',
      'chen-old-card: cannot-verify no-data',
      'li-student: card-lost',
      'li-student: pass',
    ]);
    const explained = events.find(({ answer }) => answer === 'explained');
    assert.match(String(explained?.text), /verdict\s+abnormal \(yellow\)/);
    assert.is(explained?.status, 'yellow');
    const checks = explained?.checks as readonly object[];
    assert.ok(
      checks.some(check => JSON.stringify(check) === '{"ok":true,"check":"valid to","detail":"2040-12-31"}'),
    );
    assert.equal(
      events.flatMap(({ id }) => id ?? []),
      Array.from({ length: 12 }, (_, i) => i + 1),
    );
    assert.ok(events.every(({ event, answer }) => (event === undefined) !== (answer === undefined)));
  });

  test('a satellite receiver that moves, lies and fails', async context => {
    const { code, events } = await runBus(context, [
      'wait 3',
      'tap front wang',
      'gnss front stop 2-07',
      'wait 2',
      'tap front li-student',
      'gnss front at 40.5,117',
      'wait 2',
      'tap front zhao-senior',
      'gnss front drive 60',
      'gnss rear offset 7200',
      'wait 2',
      'console rear gnss',
      'gnss rear silent',
      'wait 8',
      'unplug rear gnss',
    ]);
    assert.is(code, 0);
    const taps = events.filter(({ answer }) => answer === 'tap');
    assert.equal(
      taps.map(({ stop }) => stop),
      ['2-01', '2-07', undefined],
    );
    const [told = ''] = /time .*/.exec(String(events.find(({ answer }) => answer === 'console')?.text)) ?? [];
    const lieMs =
      Date.parse(
        told
          .replace(/^time +/, '')
          .replace(' ', 'T')
          .replace(' ', ''),
      ) - Date.now();
    assert.ok(Math.abs(lieMs - 7_200_000) < 60_000, told);
    assert.ok(
      events.some(({ event, part, kind }) => event === 'part-fault' && part === 'gnss' && kind === 'timeout'),
    );
  });

  test('trial, another line, a passenger list of one’s own', async context => {
    const list = join(temporaryDirectory(context), 'passengers.yaml');
    writeFileSync(list, 'passengers:\n  - {id: zhao, medium: bmac, health: red}\n');
    const tap = ['tap front zhao'];
    const trial = await runBus(context, tap, '--passengers', list, '--phase', 'trial');
    assert.equal(verdicts(trial.events), ['zhao: abnormal red']);
    assert.is(headline(trial.events.find(({ answer }) => answer === 'tap') as Line), '测试中');
    const elsewhere = await runBus(context, tap, '--passengers', list, '--line', '300', '--no-panel');
    assert.not(elsewhere.events.some(({ event }) => event === 'panel'));
    assert.equal(verdicts(elsewhere.events), ['zhao: not-checked line']);
  });

  test('what cannot be carried out is said, the rest is done, and the exit code tells', async context => {
    const commands = [
      'bogus',
      'tap middle wang',
      'tap front nobody',
      'gnss front stop 99',
      'gnss front at 91,0',
      'gnss rear offset',
      'gnss rear toString',
      'tap front wang',
    ];
    const { code, events } = await runBus(context, commands, '--phase', 'registration');
    const errors = events.filter(({ answer }) => answer === 'error').map(({ message }) => message);
    assert.is(errors.length, 7);
    assert.match(String(errors[1]), 'front, rear');
    assert.equal(verdicts(events), ['wang: not-checked date']);
    assert.is(code, 1);
  });

  test('without any command it runs until SIGTERM', async context => {
    const child = spawn(process.execPath, [simProgram, 'run', '--dir', temporaryDirectory(context)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    context.after(() => child.kill('SIGKILL'));
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', chunk => {
      output += chunk;
    });
    await until('both consoles', () =>
      /front: serial console: socat[\s\S]*rear: serial console: socat/.test(output),
    );
    assert.is(child.exitCode, null);
    child.kill('SIGTERM');
    const [code] = await once(child, 'close');
    assert.is(code, 0);
  });

  test('SIGTERM while it starts, and while a command waits', async context => {
    const moments = [
      (_output: string, directory: string) => existsSync(join(directory, 'rear', 'config.yaml')),
      (output: string) => output.includes('"validator":"rear"'),
    ];
    for (const hasCome of moments) {
      const directory = temporaryDirectory(context);
      const child = spawn(process.execPath, [simProgram, 'run', '--json', '--dir', directory], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      context.after(() => child.kill('SIGKILL'));
      child.stdin?.write('wait 3600\n');
      let output = '';
      child.stdout?.setEncoding('utf8').on('data', chunk => {
        output += chunk;
      });
      await until('the moment', () => hasCome(output, directory));
      child.kill('SIGTERM');
      const [code] = await once(child, 'close');
      assert.is(code, 0);
    }
  });

  test('answers as data are as docs/testing.md has them', async context => {
    const page = readFileSync(new URL('../../../../docs/testing.md', import.meta.url), 'utf8');
    const [, typed = '', shown = ''] =
      /### Answers as data[\s\S]*?```sh\nprintf '%s\\n' (.*?) \|[\s\S]*?```json\n([\s\S]*?)```/.exec(page) ??
      [];
    const commands = [...typed.matchAll(/'([^']*)'/g)].map(([, command = '']) => command);
    const documented = shown
      .trim()
      .split('\n')
      .map((line): Line => JSON.parse(line));
    const { events } = await runBus(context, commands);
    const answers = events.filter(({ id }) => id !== undefined);
    assert.is(documented.length, 3);
    assert.equal(
      answers.map(({ id, command, answer }) => ({ id, command, answer })),
      documented.map(({ id, command, answer }) => ({ id, command, answer })),
    );
    for (const [i, line] of documented.entries()) {
      for (const [key, value] of Object.entries(line)) {
        assert.is(typeof answers[i]?.[key], typeof value, `${line.command}: ${key}`);
      }
    }
  });

  test('a passenger list that is wrong: exit 2, every problem', async context => {
    const list = join(temporaryDirectory(context), 'p.yaml');
    const wrong = [
      '{id: A, medium: bmac}',
      '{id: b, medium: gold}',
      '{id: c, medium: bmac, balanceFen: 4294967296}',
    ];
    writeFileSync(list, `passengers:\n${wrong.map(passenger => `  - ${passenger}\n`).join('')}`);
    const { code, errors } = await runBus(context, [], '--passengers', list);
    assert.is(code, 2);
    assert.match(errors, /line 2[\s\S]*line 3[\s\S]*line 4/);
  });

  test('the name that the Nextion displays had before: exit 2, and the one they have now', async context => {
    const { code, errors } = await runBus(context, [], '--displays', 'panel');
    assert.is(code, 2);
    assert.match(errors, /'panel' is invalid. Allowed choices are terminal, nextion/);
  });

  test('a directory that cannot be made, or has a bus in it already: exit 2', async context => {
    const directory = temporaryDirectory(context);
    const file = join(directory, 'file');
    writeFileSync(file, '');
    const unlock = lockDirectory(directory);
    for (const [dir, why] of [
      [file, /file: /],
      [directory, /another bus is running here/],
    ] as const) {
      const { code, errors } = await runBus(context, [], '--dir', dir);
      assert.is(code, 2);
      assert.match(errors, why);
    }
    unlock?.();
  });
});
