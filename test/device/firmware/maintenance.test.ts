/** A technician looks after a whole validator: what the console's commands do to the real firmware, its files and its supervisor. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { selftestSchema } from '../../../device/maintenance/selftest.ts';
import { suite, until } from '../../harness.ts';
import { startStand } from './stand.ts';

suite('maintenance', test => {
  const shared = test.shared(context => startStand(context));

  test('taps shows the last two digits, and nothing writes them or the account down', async () => {
    const stand = await shared();
    await stand.tap(stand.crowd.tUnion('green'));
    await stand.scan(stand.crowd.code('red'));
    const answer = await stand.ask('taps');
    assert.match(answer, /scanner +ride-code +[0-9a-f]{2} +abnormal \(red\) +no fare +2\r\n/, answer);
    const [, ends = ''] = /card +t-union +(\d\d) +pass single +1\.00 yuan +1\r\n/.exec(answer) ?? [];
    assert.is(ends.length, 2, answer);
    assert.ok(stand.crowd.accounts.some(account => account.endsWith(ends)));
  });

  test('selftest finds nothing wrong with a validator that works, and leaves a record', async () => {
    const stand = await shared();
    const answer = await stand.ask('selftest');
    for (const step of [
      'storage',
      'journal rows',
      'link look-up',
      'link cache',
      'sm2',
      'clock',
      'card-reader card',
      'display passenger',
    ])
      assert.match(answer, new RegExp(`ok +${step} `), answer);
    assert.match(answer, /PASSED: /, answer);
    const record = selftestSchema.parse(
      JSON.parse(readFileSync(join(stand.directory, 'journal.sqlite-selftest'), 'utf8')),
    );
    assert.equal([record.passed, record.by], [true, 'technician']);
    assert.match(await stand.ask('selftest last'), /PASSED: /);
  });

  test('the diagnostics archive holds no account, no token and no secret', async () => {
    const stand = await shared();
    await stand.tap(stand.crowd.bmac('yellow'));
    await stand.scan('https://example.com/somebody?phone=13800138000');
    assert.match(await stand.ask('journal export'), /rows are in journal-bus-1-front-/);
    assert.match(await stand.ask('diagnostics'), /diagnostics-bus-1-front-\d{8}-\d{6}\.tar\.gz/);
    const outbox = join(stand.directory, 'journal.sqlite-outbox');
    const name = readdirSync(outbox).find(each => each.startsWith('diagnostics-')) ?? 'none';
    const content = execFileSync('tar', ['-xzOf', join(outbox, name)], { maxBuffer: 1 << 26 }).toString();
    assert.match(content, 'bus-1-front: WORKS');
    assert.match(content, '"event":"tap"');
    const { keys } = JSON.parse(readFileSync(stand.office.files.fleetKeys, 'utf8')) as {
      keys: { key: string }[];
    };
    const tokens = stand.rows().map(({ token }) => Buffer.from(token ?? []).toString('hex'));
    const secrets = keys.map(({ key }) => key);
    const forbidden = [...stand.crowd.accounts, ...tokens, ...secrets, '13800138000'].filter(
      text => text.length > 3,
    );
    assert.ok(forbidden.length > 6);
    assert.equal(
      forbidden.filter(text => content.toLowerCase().includes(text.toLowerCase())),
      [],
    );
  });

  test('a display test gives way to a passenger', async () => {
    const stand = await shared();
    const technician = await stand.technician();
    const testing = technician.ask('display test');
    await stand.shows('passenger', '测试画面', '可照常刷卡');
    await stand.tap(stand.crowd.tUnion('green'));
    await stand.showed('passenger', '请上车');
    technician.type('\x03');
    assert.match(await testing, /tried: screen/);
    await technician.close();
  });

  test('log level changes what is logged, counters count, and the cache is verified', async () => {
    const stand = await shared();
    assert.match(await stand.ask('log level debug'), /logged from debug on/);
    await stand.tap(stand.crowd.tUnion('green'));
    await until('a debug line', () => stand.log.some(({ level }) => level === 'debug'));
    assert.match(await stand.ask('log 200 debug'), / debug card-removed /);
    await stand.ask('log level info');
    assert.match(await stand.ask('counters'), /pass +\d/);
    assert.match(await stand.ask('cache verify'), /links-.*\.sqlite: whole/);
    assert.match(await stand.ask('journal verify'), /nothing is wrong/);
    assert.match(await stand.ask('network'), /far ends +none configured/);
  });
});

suite('the end by the console', test => {
  test('restart starts anew; a factory reset keeps every ride; shutdown is for good', async context => {
    const stand = await startStand(context);
    await stand.tap(stand.crowd.tUnion('green'));
    const rows = stand.rows();
    const counters = join(stand.directory, 'journal.sqlite-counters');
    await until('the first start is counted', () => existsSync(counters));
    await stand.ask('diagnostics');
    await endsWith(75, () => stand.ask('restart'));
    await stand.logged(
      'ready',
      stand.log.findLastIndex(({ event }) => event === 'exit'),
    );
    await until('two starts', () => JSON.parse(readFileSync(counters, 'utf8')).starts === 2);

    const technician = await stand.technician();
    technician.type('factory-reset\r');
    await until('the first question', () => technician.text().includes('Type yes'));
    technician.type('yes\r');
    await until('the second question', () => technician.text().includes("validator's name"));
    await endsWith(75, async () => technician.type('bus-1-front\r'));
    await stand.logged(
      'factory-reset',
      stand.log.findLastIndex(({ event }) => event === 'exit'),
    );
    await stand.logged(
      'ready',
      stand.log.findLastIndex(({ event }) => event === 'exit'),
    );
    assert.equal(stand.rows(), rows);
    assert.equal(readdirSync(join(stand.directory, 'journal.sqlite-outbox')), []);
    assert.not(existsSync(join(stand.directory, 'journal.sqlite-reset')));
    await stand.tap(stand.crowd.tUnion('green'));
    assert.is(stand.rows().length, rows.length + 1);

    await endsWith(0, () => stand.ask('shutdown yes'));
    async function endsWith(code: number, act: () => Promise<unknown>): Promise<void> {
      const from = stand.log.length;
      await act();
      assert.is((await stand.logged('exit', from)).code, code);
    }
  });
});
