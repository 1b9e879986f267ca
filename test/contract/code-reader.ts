/** What every CodeReader must do, whatever its wire; run on the scanner and on the camera. */
import * as assert from 'uvu/assert';
import type { CodeRead, CodeReader } from '../../device/ports.ts';
import { openEngine } from '../../drivers/code-reader/open-engine.ts';
import { suite, type TestContext, until } from '../harness.ts';
import { recordDevice } from './device-events.ts';

/** A reader not yet opened, and the far end of its wire, not yet plugged in. */
export interface CodeReaderFixture {
  readonly reader: CodeReader;
  plug(): Promise<void>;
  unplug(): Promise<void>;
  /** The reader holds the wire. */
  attached(): boolean;
  /** A passenger shows this code, until the next is shown. */
  show(code: Uint8Array): void;
  /** What no passenger means to show. */
  showJunk(): void;
}

/** With the head of ride codes: their version, and the length of what follows it. */
export const sampleCodes = [0, 1].map(seed => {
  const length = 348;
  const head = [0x81, (length - 3) >> 8, (length - 3) & 0xff];
  return Uint8Array.from({ length }, (_, i) => head[i] ?? i * (seed + 7));
});

/** Everything a reader says. */
export function recordEvents() {
  const codes: CodeRead[] = [];
  const { events, ...said } = recordDevice();
  return { ...said, codes, events: { ...events, presented: (code: CodeRead) => codes.push(code) } };
}

export function bytesRead(codes: readonly CodeRead[]): string[] {
  return codes.flatMap(code => ('bytes' in code ? [Buffer.from(code.bytes).toString('hex')] : []));
}

/** @param needs the Debian package without which the fixture cannot be made */
export function testCodeReader(
  name: string,
  makeFixture: (context: TestContext) => Promise<CodeReaderFixture>,
  needs?: string,
): void {
  const [first = new Uint8Array(), second = new Uint8Array()] = sampleCodes;
  const hexOf = (code: Uint8Array) => Buffer.from(code).toString('hex');

  suite(`code reader: ${name}`, test => {
    const it = (what: string, body: (context: TestContext) => unknown) =>
      needs === undefined ? test(what, body) : test.needing(needs, what, body);

    async function opened(context: TestContext) {
      const fixture = await makeFixture(context);
      const heard = recordEvents();
      await fixture.plug();
      context.after(() => fixture.reader.close());
      fixture.reader.open(heard.events);
      await until('ready', () => heard.readies() === 1);
      return { ...fixture, ...heard };
    }

    it('presents each code once, byte for byte', async context => {
      const { show, codes, faults } = await opened(context);
      show(first);
      await until('the first code', () => codes.length > 0);
      show(second);
      await until('the second code', () => codes.length > 1);
      assert.equal(bytesRead(codes), [hexOf(first), hexOf(second)]);
      assert.is(faults.length, 0);
    });

    it('tells a technician what it sees, and nobody whose it is', async context => {
      const { show, codes, reader } = await opened(context);
      assert.is(reader.sight().kind === 'camera', reader.picture !== undefined);
      show(first);
      await until('the code', () => codes.length > 0);
      const sight = reader.sight();
      if (sight.kind === 'camera') {
        assert.equal(
          sight.codes.map(({ isRideCode, stands }) => [isRideCode, stands]),
          [[true, false]],
        );
        assert.ok(sight.frames > 0 && (sight.size?.width ?? 0) > 0, JSON.stringify(sight));
      } else {
        const { printed, last } = sight;
        assert.equal([printed, last?.is, last?.bytes], [1, 'code', first.length]);
        assert.not.match(last?.shape ?? '', /[b-zB-Z0-8]/);
      }
    });

    it('gives pictures away only without codes, and none to whom waits no more', async context => {
      const { show, codes, reader } = await opened(context);
      if (reader.picture === undefined) return;
      assert.is(await reader.picture(AbortSignal.abort()), undefined);
      show(first);
      await until('the code', () => codes.length > 0);
      const picture = await reader.picture(new AbortController().signal);
      assert.ok(picture && picture.grey.length === picture.width * picture.height);
      assert.ok(
        picture.grey.some(shade => shade > 0),
        'what is around the code is seen',
      );
      const { engine } = await openEngine('zxing');
      assert.equal(engine.decode(picture, 'thorough'), []);
      const waiting = reader.picture(new AbortController().signal);
      await reader.close();
      await waiting;
    });

    it('lives on after junk', async context => {
      const { show, showJunk, codes, faults } = await opened(context);
      showJunk();
      await new Promise(resolve => setTimeout(resolve, 300));
      show(first);
      await until('the code', () => bytesRead(codes).length > 0);
      assert.equal(bytesRead(codes), [hexOf(first)]);
      assert.is(faults.length, 0);
    });

    it('tells of an outage once, is ready again after it, and reads on', async context => {
      const { show, plug, unplug, codes, faults, readies } = await opened(context);
      await unplug();
      await until('the fault', () => faults.length > 0);
      await new Promise(resolve => setTimeout(resolve, 500));
      assert.equal(
        faults.map(({ kind, device }) => ({ kind, device })),
        [{ kind: 'disconnected', device: 'reader' }],
      );
      await plug();
      await until('ready', () => readies() === 2);
      show(first);
      await until('the code', () => codes.length > 0);
      assert.equal(bytesRead(codes), [hexOf(first)]);
    });

    it('opens without its device, tells the fault, and waits for it', async context => {
      const { reader, plug } = await makeFixture(context);
      const { events, faults, readies } = recordEvents();
      context.after(() => reader.close());
      reader.open(events);
      await until('the fault', () => faults.length > 0);
      await plug();
      await until('ready', () => readies() === 1);
      assert.is(faults.length, 1);
    });

    it('lets go of the wire when closed, and says nothing more', async context => {
      const { reader, attached, show, codes, faults } = await opened(context);
      await reader.close();
      await until('the wire to be let go', () => !attached());
      show(first);
      await new Promise(resolve => setTimeout(resolve, 100));
      assert.is(codes.length, 0);
      assert.is(faults.length, 0);
      await reader.close();
    });

    it('closes in the middle of an outage, and before it was ever opened', async context => {
      const unopened = await makeFixture(context);
      await unopened.reader.close();
      const { reader, unplug, plug, faults, readies } = await opened(context);
      await unplug();
      await until('the fault', () => faults.length > 0);
      await reader.close();
      await plug();
      await new Promise(resolve => setTimeout(resolve, 300));
      assert.is(readies(), 1);
    });
  });
}
