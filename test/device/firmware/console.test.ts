/** The technician's console over its real wires: TCP and a PTY. */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import * as assert from 'uvu/assert';
import { readVersion } from '../../../device/command-line.ts';
import { toHex } from '../../../device/core/bytes.ts';
import { renderFrame } from '../../../sim/media/frame.ts';
import { cardFaults } from '../../../sim/wires/card-faults.ts';
import { createPtyDevice } from '../../drivers/far-end.ts';
import { suite, until } from '../../harness.ts';
import { type Stand, startStand, strictCardMs, strictWithCards } from './stand.ts';

/** Fails with the whole answer: what else it says tells why. */
function says(answer: string, wanted: RegExp | string): void {
  assert.match(answer, wanted, `${wanted} in:\n${answer}`);
}

const firmwareVersion = new RegExp(`firmware +${readVersion().replaceAll('.', '\\.')}\\b`);

async function explains(stand: Stand, act: () => Promise<unknown>): Promise<string> {
  const technician = await stand.technician();
  const waiting = technician.ask('explain');
  await until('the wait', () => technician.text().includes('Ctrl-C ends the wait'));
  await act();
  const answer = await waiting;
  await technician.close();
  const accounts = stand.crowd.accounts.flatMap(account => [account, account.slice(-10)]);
  assert.equal(
    accounts.filter(account => answer.includes(account)),
    [],
    answer,
  );
  return answer;
}

suite('console on TCP', test => {
  const shared = test.shared(context =>
    startStand(context, { ...strictWithCards, camera: true, policy: { repeatWindowS: 600 } }),
  );

  test('every command answers', async () => {
    const stand = await shared();
    await stand.tap(stand.crowd.tUnion('green'));
    const answers: Record<string, readonly (string | RegExp)[]> = {
      help: ['status', 'version', 'config', 'readers', 'cache', 'feed', 'sync', 'journal [ROWS', 'explain'],
      status: [
        /bus-1-front: WORKS\r\n/,
        /service +full/,
        /line +2 \(checks health codes; enforced\)/,
        /feed +not configured/,
        '1 taps, last seq 1',
      ],
      version: [firmwareVersion, process.version, /sm2 +native/],
      config: ['device: bus-1-front', 'noticeMs: 30000', 'driver: vpcd', `apduTimeoutMs: ${strictCardMs}`],
      readers: [
        /card-reader +card +works/,
        /code-reader +scanner +works/,
        /code-reader +camera +works/,
        /decoder +zxing +works/,
      ],
      feed: ['not configured'],
      sync: ['not configured'],
      cache: [
        /directory +\/.*links\r\n/,
        /version +1\r\n/,
        /links +2250/,
        /persons +2250/,
        /fleet key +test-1/,
        /status as of .*limit 60 min/,
      ],
      journal: [/1 .* card +t-union +pass +1\.00 yuan/, '1 taps, last seq 1'],
      'journal 0': ['ROWS is 1 to 200'],
      nonsense: ['unknown command: nonsense'],
    };
    for (const [command, expected] of Object.entries(answers)) {
      const answer = await stand.ask(command);
      for (const text of expected) says(answer, text);
    }
  });

  test('explain tells what was read, every check, the verdict and why, and no account', async () => {
    const stand = await shared();
    const { crowd } = stand;
    const card = await explains(stand, () => stand.tap(crowd.tUnion('yellow')));
    for (const text of [
      /t-union at card/,
      /token +[0-9a-f]{16}/,
      /ok +card enabled: yes/,
      /ok +valid to: 2040-12-31/,
    ])
      says(card, text);
    for (const text of [
      /link +yellow, status as of/,
      /verdict +abnormal \(yellow\)/,
      /fare +not taken/,
      `seq ${stand.rows().length}`,
    ])
      says(card, text);
    says(card, /shown +请联系司乘人员 \/ crew: 健康码异常/);

    const code = crowd.code('green');
    const ride = await explains(stand, () => stand.show(renderFrame([code])));
    for (const check of [
      'structure',
      'authority known',
      'certificate in date',
      'certificate signed by authority',
    ])
      says(ride, `ok         ${check}`);
    for (const check of ['signed by issuer', "signed by the passenger's phone", 'authorised', 'not expired'])
      says(ride, `ok         ${check}`);
    says(ride, /verdict +pass/);
    says(await explains(stand, () => stand.scan(code)), /verdict +repeat/);

    const forged = code.with(300, (code[300] ?? 0) ^ 1);
    const refused = await explains(stand, () => stand.scan(forged));
    says(refused, /FAILED +signed by the passenger's phone/);
    says(refused, /token +none/);
    says(refused, /link +not looked up/);
    const broken = await explains(stand, () => stand.tap(crowd.bmac('green'), cardFaults['answers-half']()));
    says(broken, /FAILED +card read: unreadable: timeout/);
    says(await explains(stand, () => stand.tap(crowd.bmac('none'))), /link +none found/);
  });

  test('explain tells of a card that left too soon', async () => {
    const stand = await shared();
    const before = stand.rows();
    const answer = await explains(stand, () =>
      stand.tap(stand.crowd.bmac('green'), cardFaults['leaves-half-way']()),
    );
    says(answer, /left/);
    assert.equal(stand.rows(), before);
  });

  test('Ctrl-C throws away what was typed, however much it was', async () => {
    const stand = await shared();
    const technician = await stand.technician();
    const typos = ['stat\x03', `${'w'.repeat(5000)}\x03`, `${'w'.repeat(150)}${'\x7f'.repeat(200)}`];
    for (const typo of typos) {
      technician.type(typo);
      const from = technician.text().length;
      technician.type('version\r');
      await until('the answer', () => firmwareVersion.test(technician.text().slice(from)));
    }
    assert.not.match(technician.text(), 'unknown command');
  });

  test('Ctrl-C ends explain after keys were held down', async () => {
    const stand = await shared();
    const technician = await stand.technician();
    const explained = technician.ask('explain');
    await until('the wait', () => technician.text().includes('Ctrl-C ends the wait'));
    technician.type('x'.repeat(3000));
    technician.type('\x03');
    assert.match(await explained, 'no longer waiting');
  });

  test('commands pasted together are all answered, in order', async () => {
    const stand = await shared();
    const technician = await stand.technician();
    technician.type('version\rreaders\rcache\r');
    await until('all three', () => /firmware[\s\S]*card-reader[\s\S]*fleet key/.test(technician.text()));
  });

  test('a technician who types and never reads does not fill the memory', async context => {
    // Busy with the keys, the firmware reads a card slowly.
    const stand = await startStand(context);
    const socket = connect({ host: '127.0.0.1', port: stand.post.consolePort });
    context.after(() => socket.destroy());
    socket.on('error', () => {}).pause();
    // Each key at the line's beginning has the whole line drawn anew.
    const keys = Buffer.from(`${'x'.repeat(190)}${'\x01y\x7f'.repeat(3)}\r`.repeat(1000));
    for (let i = 0; i < 100; i++) socket.write(keys);
    await new Promise(resolve => setTimeout(resolve, 3000));
    const status = readFileSync(`/proc/${stand.post.firmware.pid}/status`, 'utf8');
    const residentMb = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
    assert.ok(residentMb < 250, `${residentMb} MB resident`);
    assert.is((await stand.tap(stand.crowd.tUnion('green'))).verdict, 'pass');
  });
});

suite('console on a PTY', test => {
  test.needing(
    'socat',
    'every command, echo, and a line that is pulled and plugged in again',
    async context => {
      const pty = createPtyDevice(context);
      await pty.plug();
      const stand = await startStand(context, { settings: { console: { path: pty.path } } });
      await until('the prompt', () => pty.received().includes('bus-1-front> '));
      const ask = async (command: string, expected: RegExp) => {
        const from = pty.received().length;
        pty.send(`${command}\r`);
        await until(`${command}: ${expected}`, () => expected.test(pty.received().slice(from)));
      };
      for (const [command, expected] of Object.entries({
        help: /explain/,
        status: /WORKS/,
        version: firmwareVersion,
        config: /bus-1-front/,
        readers: /card-reader/,
        cache: /fleet key/,
        journal: /last seq/,
      }))
        await ask(command, expected);
      pty.send('explain\r');
      await until('the wait', () => pty.received().includes('Ctrl-C ends the wait'));
      await stand.scan(toHex(stand.crowd.code('green')));
      await until('the verdict', () => /verdict +pass/.test(pty.received()));
      const from = stand.log.length;
      await pty.unplug();
      await until('the fault', () =>
        stand.log.slice(from).some(({ event, name }) => event === 'part-fault' && name === 'console'),
      );
      await pty.plug();
      await until('the greeting', () => pty.received().split('Type help').length > 2);
      await ask('status', /WORKS/);
      assert.is((await stand.stop()).code, 0);
    },
  );
});
