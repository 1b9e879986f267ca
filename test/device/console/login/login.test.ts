/** Logging in on a session: who may do what, what is shown, what is in the log. */
import * as assert from 'uvu/assert';
import { suite, until } from '../../../harness.ts';
import { openSession } from '../small-session.ts';

/** Knows the PIN 471147, and nobody waits. */
const login = { tryPin: async (pin: string) => pin === '471147' };
const feed = { state: () => ({}), syncNow() {} };

suite('console: log-in', test => {
  test('without it: what reads is answered, what has an effect says what to do', async context => {
    const { type } = openSession(context, { login, feed });
    assert.match(await type('version\r', /firmware[\s\S]*> $/), '1.2.3');
    assert.match(await type('sync\r', /login first/), 'sync is for technicians');
    assert.match(await type('lang zh\rsync\r', /请先输入/), '仅限维护人员');
  });

  test('the PIN is asked for, not shown, not remembered, not logged; then all is allowed until logout', async context => {
    const { type, output, log } = openSession(context, { login, feed });
    await type('login\r', /PIN: $/);
    await type('471148\r', /that is not the PIN[\s\S]*> $/);
    await type('login\r', /PIN: $/);
    await type('471147\r', /logged in[\s\S]*> $/);
    await type('sync\r', /asked[\s\S]*> $/);
    await type('\x1b[A\x1b[A\x1b[A\x03', /> $/);
    await type('logout\r', /logged out/);
    await type('sync\r', /login first/);
    assert.not.match(output(), /4711/);
    assert.not.match(log.lines.join('\n'), /4711/);
    const said = log.lines.map(line => line.replace(/"session":"[0-9a-f]{8}",?/, ''));
    assert.equal(said, [
      'console-login {"outcome":"wrong"}',
      'console-command {"who":"anyone","command":"login","outcome":"login-needed"}',
      'console-login {"outcome":"right"}',
      'console-command {"who":"technician","command":"login","outcome":"done"}',
      'console-command {"who":"technician","command":"sync","outcome":"done"}',
      'console-logout {"why":"asked"}',
      'console-command {"who":"anyone","command":"logout","outcome":"done"}',
      'console-command {"who":"anyone","command":"sync","outcome":"login-needed"}',
    ]);
  });

  test('a PIN begun and thrown away by Ctrl-C does not come to light', async context => {
    const { type, output } = openSession(context, { login });
    await type('login\r', /PIN: $/);
    await type('4711\x03', /no PIN was given[\s\S]*> $/);
    await type('version\r', /firmware[\s\S]*> $/);
    assert.not.match(output(), /4711/);
  });

  test('pasted with its command it is taken, and no command; as an argument it is refused', async context => {
    const { type, log } = openSession(context, { login });
    await type('login\r471147\rversion\r', /logged in[\s\S]*firmware/);
    await type('login 471147\r', /login takes no word/);
    await type('471147\r', /unknown command/);
    assert.not.match(log.lines.join('\n'), /4711/);
  });

  test('a wait is told, and ended by Ctrl-C', async context => {
    const waits = {
      tryPin: (_pin: string, waiting: (ms: number) => void, signal: AbortSignal) => {
        waiting(31_500);
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
    };
    const { type, log } = openSession(context, { login: waits });
    await type('login\r', /PIN: $/);
    await type('471147\r', /yours is tried in 32 s/);
    await type('\x03', /no PIN was given[\s\S]*> $/);
    assert.ok(log.lines.some(line => line.includes('given-up')));
  });

  test('whoever types nothing is logged out, also at a question and in the middle of pages', async context => {
    const config = {
      device: 'bus-1-front',
      line: '2',
      console: { idleS: 0.2, language: 'en', telnet: false },
    };
    const { type, log } = openSession(context, { login, config });
    await type('login\r471147\r', /logged in[\s\S]*nothing was typed for some time[\s\S]*> $/);
    await type('page 5\rlogin\r471147\rhelp\r', /more[\s\S]*nothing was typed for some time[\s\S]*> $/);
    await type('page off\rlogin\r471147\r', /logged in[\s\S]*> $/);
    await type('login\r47', /PIN: [\s\S]*nothing was typed for some time[\s\S]*> $/);
    assert.is(log.lines.filter(line => line.includes('"why":"idle"')).length, 3);
    await type('version\r', /firmware/);
  });

  test('a line that goes is logged out', async context => {
    const { type, far, log } = openSession(context, { login });
    await type('login\r471147\r', /logged in/);
    far.end();
    await until('the log-out', () => log.lines.some(line => line.includes('"why":"hung-up"')));
  });

  test('no PIN is set: everything is allowed, and login says so', async context => {
    const { type, log } = openSession(context, { feed });
    await type('sync\r', /asked/);
    assert.match(await type('login\r', /PIN is set/), 'everybody may do everything');
    assert.match(log.lines[0] ?? '', /"who":"open","command":"sync"/);
  });

  test('arguments are logged without what could be a number of somebody; noise is logged once', async context => {
    const { type, log } = openSession(context);
    await type('help 31150000123456789\r', /no such command/);
    for (let i = 0; i < 5; i++) await type('AT\r', /unknown command/);
    assert.match(log.lines[0] ?? '', /"command":"help","args":"\*\*\*"/);
    assert.is(log.lines.filter(line => line.includes('"command":null')).length, 1);
  });
});
