/** What every Terminal must do, whatever its wire; run on tcp://host:port and on a tty. */
import * as assert from 'uvu/assert';
import type { Terminal } from '../../device/ports.ts';
import { suite, type TestContext, until } from '../harness.ts';
import { recordDevice } from './device-events.ts';

/** A terminal line not yet opened, and what a technician has in hand. */
export interface TerminalFixture {
  readonly terminal: Terminal;
  /** Makes the wire usable: a session can begin. */
  plug(): Promise<void>;
  /** Takes what `plug` made. */
  unplug(): Promise<void>;
  /** Begins a session: where the wire itself is one, nothing is to be done. */
  dial(): Promise<void>;
  type(keys: Uint8Array | string): void;
  /** All that was printed in this session, latin1. */
  printed(): string;
}

/** Opens the terminal with sessions that echo. */
export function openEcho({ after }: TestContext, terminal: Terminal) {
  const { events, faults, readies } = recordDevice();
  let begun = 0;
  let sessions = 0;
  after(() => terminal.close());
  terminal.open({
    ...events,
    session: wire => {
      begun++;
      sessions++;
      wire.on('data', chunk => wire.write(chunk));
      wire.once('close', () => {
        sessions--;
      });
    },
  });
  return { faults, readies, begun: () => begun, sessions: () => sessions };
}

/** @param needs the Debian package without which the fixture cannot be made */
export function testTerminal(
  name: string,
  makeFixture: (context: TestContext) => Promise<TerminalFixture>,
  needs?: string,
): void {
  suite(`terminal: ${name}`, test => {
    const it = (what: string, body: (context: TestContext) => unknown) =>
      needs === undefined ? test(what, body) : test.needing(needs, what, body);

    async function opened(context: TestContext) {
      const fixture = await makeFixture(context);
      await fixture.plug();
      const heard = openEcho(context, fixture.terminal);
      await until('ready', () => heard.readies() === 1);
      await fixture.dial();
      await until('the session', () => heard.sessions() === 1);
      return { ...fixture, ...heard };
    }

    it('carries every byte both ways', async context => {
      const { type, printed, faults } = await opened(context);
      const keys = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
      type(keys);
      await until('the echo', () => printed().length >= keys.length);
      assert.is(printed(), keys.toString('latin1'));
      assert.is(faults.length, 0);
    });

    it('carries a megabyte', async context => {
      const { type, printed } = await opened(context);
      const text = 'all work and no play '.repeat(50_000);
      type(text);
      while (printed().length < text.length) {
        const before = printed().length;
        await until('more of the echo', () => printed().length > before);
      }
      assert.ok(printed() === text);
    });

    it('ends the session with its wire, and begins a fresh one', async context => {
      const { type, printed, plug, unplug, dial, sessions, begun } = await opened(context);
      type('hello');
      await until('the echo', () => printed() === 'hello');
      await unplug();
      await until('the end of the session', () => sessions() === 0);
      await plug();
      await dial();
      await until('the next session', () => begun() === 2);
      type('again');
      await until('the echo', () => printed().endsWith('again'));
    });

    it('closes with a session, ends it, and is closed again', async context => {
      const { terminal, sessions } = await opened(context);
      let closed = false;
      void terminal.close().then(() => {
        closed = true;
      });
      await until('the close', () => closed);
      await until('the end of the session', () => sessions() === 0);
      await terminal.close();
    });

    it('can be closed without ever having been opened', async context => {
      const { terminal } = await makeFixture(context);
      await terminal.close();
    });
  });
}
