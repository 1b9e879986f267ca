/** Ports for programs that are told theirs. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { freePort, freePortPair } from '../../../sim/wires/free-port.ts';
import { suite, type TestContext } from '../../harness.ts';

async function listen(port: number, { after }: TestContext): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  after(() => server.close());
}

suite('free ports', test => {
  test('each is given once, none that the system gives out by itself, none that somebody listens on', async context => {
    const first = await freePort();
    await listen(first + 1, context);
    const rest = [await freePort(), await freePort()];
    assert.equal(new Set([first, first + 1, ...rest]).size, 4);
    for (const port of [first, ...rest]) {
      assert.ok(port >= 10_000 && port < 32_768, String(port));
      await listen(port, context);
    }
  });

  test('of pairs, asked for at the same moment, all are free', async context => {
    const before = await freePort();
    await listen(before + 2, context);
    const pairs = await Promise.all([freePortPair(), freePortPair()]);
    for (const port of pairs.flatMap(first => [first, first + 1])) await listen(port, context);
  });

  test('without a free file descriptor the error is told', async () => {
    const module = fileURLToPath(import.meta.resolve('../../../sim/wires/free-port.js'));
    const script = `
      const { freePort } = await import(${JSON.stringify(module)});
      try {
        for (let i = 0; i < 100; i++) await freePort();
      } catch (error) {
        process.exitCode = error.code === 'EMFILE' ? 23 : 1;
      }`;
    const limited = ['-c', 'ulimit -n 64; exec "$0" "$@"', process.execPath, '--input-type=module'];
    const child = spawn('sh', [...limited, '--eval', script], {
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: 60_000,
      killSignal: 'SIGKILL',
    });
    const [code] = await once(child, 'exit');
    assert.is(code, 23);
  });

  test('one that was given out is given to no other process, and to the next one when that process has ended', async () => {
    const module = fileURLToPath(import.meta.resolve('../../../sim/wires/free-port.js'));
    // Two processes that begin at the same port, as processes with certain distances between their numbers do.
    const script = `
      Object.defineProperty(process, 'pid', { value: 1000003 });
      const { freePort } = await import(${JSON.stringify(module)});
      console.log(await freePort());
      setInterval(() => {}, 1000);`;
    const ask = async () => {
      const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [line] = await once(child.stdout, 'data');
      const end = async () => {
        const exit = once(child, 'exit');
        child.kill();
        await exit;
      };
      return { port: Number(line), end };
    };
    const first = await ask();
    const second = await ask();
    await first.end();
    const third = await ask();
    await Promise.all([second.end(), third.end()]);
    assert.is.not(second.port, first.port);
    assert.is(third.port, first.port);
  });
});
