/** Floods on every wire at once: whoever taps a card or scans a code is answered, and what was flooded works again after it. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import * as assert from 'uvu/assert';
import { toHex } from '../../../device/core/bytes.ts';
import { listenOnWire } from '../../../sim/wires/wire-server.ts';
import { withGenerousLimits } from '../../generous-limits.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import type { Health } from './crowd.ts';
import { type Stand, startStand } from './stand.ts';

const chunkBytes = 1 << 14;
const everyMs = 10;
const host = '127.0.0.1';
const noise = Buffer.from(Array.from({ length: chunkBytes }, (_, i) => (i * 31 + (i >> 8) * 7) % 256));
const floods = {
  scanner: Buffer.alloc(chunkBytes, `${'Zm9vYmFy'.repeat(40)}\r\nx\r\n`),
  gnss: Buffer.alloc(
    chunkBytes,
    '$GPRMC,,V,,,,,,,,,,N*53\r\n$GPRMC,1,A,9,N,9,E,,,,*00\r\n$GPGGA,,,,,,0,,,,,,,,*66\r\n',
  ),
  terminal: Buffer.alloc(chunkBytes, '\x1b[<0;1;1M\x1b[c\x03\r'),
  nextion: noise,
  console: Buffer.alloc(chunkBytes, '\r\t\x0ca\x1b[A'),
};

/** What comes faster than it is read waits in the kernel, as on any wire. */
async function openFlood({ after }: TestContext) {
  const sources = new Map<Socket, Buffer>();
  const timer = setInterval(() => {
    for (const [socket, bytes] of sources) if (!socket.writableNeedDrain) socket.write(bytes);
  }, everyMs);
  after(() => clearInterval(timer));
  const wire = async (bytes: Buffer) => {
    const server = await listenOnWire(0, socket => sources.set(socket, bytes));
    after(() => server.close());
    return server;
  };
  return {
    scanner: await wire(floods.scanner),
    gnss: await wire(floods.gnss),
    terminal: await wire(floods.terminal),
    nextion: await wire(floods.nextion),
    async typeAt(port: number) {
      const keyboard = connect(port, host).on('error', () => {});
      after(() => keyboard.destroy());
      await once(keyboard.resume(), 'connect');
      sources.set(keyboard, floods.console);
    },
    stop: () => sources.clear(),
  };
}

/** What is flooded is presented too, and refused: only what this passenger's own reader says counts. */
function createPassengers(stand: Stand) {
  async function answered(reader: string, verdict: string, present: () => unknown): Promise<void> {
    const from = stand.log.length;
    await present();
    const tap = await until(`${reader}: ${verdict}`, () =>
      stand.log.slice(from).find(line => line.event === 'tap' && line.reader === reader),
    );
    assert.is(tap.verdict, verdict);
  }

  return {
    async taps(health: Health, verdict: string) {
      let held: Awaited<ReturnType<typeof stand.post.insert>> | undefined;
      await answered('card', verdict, async () => {
        held = await stand.post.insert(stand.crowd.tUnion(health), []);
      });
      await held?.remove();
    },
    scans: (health: Health, verdict: string) =>
      answered('scanner', verdict, () => stand.post.scanner.send(toHex(stand.crowd.code(health)))),
  };
}

suite('floods on all wires', test => {
  test('cards and codes are answered all the while, the console and the scanner again after it', async context => {
    const flood = await openFlood(context);
    const at = ({ port }: { readonly port: number }) => `tcp://${host}:${port}`;
    const stand = await startStand(context, {
      settings(usual) {
        const { displays, gnss } = withGenerousLimits(usual);
        const crew = { audience: 'crew' } as const;
        return {
          codeReaders: [
            ...withGenerousLimits(usual).codeReaders,
            { name: 'flooded', driver: 'scanner', path: at(flood.scanner) },
          ],
          displays: [
            ...displays,
            { name: 'typing', driver: 'terminal', path: at(flood.terminal), ...crew },
            { name: 'noisy', driver: 'nextion', path: at(flood.nextion), ...crew },
          ],
          gnss: { ...gnss, path: at(flood.gnss) },
        };
      },
    });
    await flood.typeAt(stand.post.consolePort);
    const isTold = (part: string) => stand.log.some(line => line.event === 'flooded' && line.part === part);
    const passengers = createPassengers(stand);
    do await passengers.taps('none', 'not-found');
    while (!isTold('code-reader') || !isTold('gnss'));
    for (let times = 0; times < 5; times++) {
      await passengers.taps('green', 'pass');
      await passengers.taps('red', 'abnormal');
      await passengers.scans('green', 'pass');
    }
    flood.stop();
    await until('the console', () => isTold('console'));
    await until('its answer', async () => (await stand.ask('status')).includes('line'));
    const code = Buffer.from(stand.crowd.code('green')).toString('base64');
    const scan = () => {
      for (const client of flood.scanner.clients) client.write(`\r\n${code}\r\n`);
    };
    // What waits on the wire is still the flood's, and may be all that is read for a while.
    const again = setInterval(scan, 500);
    context.after(() => clearInterval(again));
    await until('the flooded scanner', () =>
      stand.log.some(({ reader, verdict }) => reader === 'flooded' && verdict === 'pass'),
    );
    await passengers.taps('green', 'pass');
  });
});
