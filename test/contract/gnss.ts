/** What every GnssReceiver must do, whatever its wire. */
import * as assert from 'uvu/assert';
import type { Fix, GnssReceiver } from '../../device/ports.ts';
import { suite, type TestContext, until } from '../harness.ts';
import { recordDevice } from './device-events.ts';

/** What an epoch tells; text as it is sent is the fixture's matter. */
export interface ToldEpoch {
  /** Unix milliseconds */
  readonly time: number;
  /** Undefined without a fix. */
  readonly position: { readonly latitudeDeg: number; readonly longitudeDeg: number } | undefined;
}

/** A receiver not yet opened, and the far end of its wire, not yet plugged in. */
export interface GnssFixture {
  readonly receiver: GnssReceiver;
  plug(): Promise<void>;
  unplug(): Promise<void>;
  /** The driver holds the wire. */
  attached(): boolean;
  /** Sends one epoch. */
  tell(epoch: ToldEpoch): void;
  /** Sends one whose content has been changed on the way. */
  tellDamaged(epoch: ToldEpoch): void;
  /** Sends what is no epoch at all. */
  noise(): void;
}

/** Everything a receiver says. */
export function recordGnss() {
  const fixes: Fix[] = [];
  const { events, ...said } = recordDevice();
  return { ...said, fixes, events: { ...events, fix: (fix: Fix) => fixes.push(fix) } };
}

/** For silence that is to be told. */
const strictMs = 1000;
const neverMs = 600_000;

export const qianmen = { latitudeDeg: 39.8986, longitudeDeg: 116.3917 };
const noon = Date.UTC(2022, 5, 1, 12);

export function near(actual: ToldEpoch['position'], expected: ToldEpoch['position']): boolean {
  if (actual === undefined || expected === undefined) return actual === expected;
  return (
    Math.abs(actual.latitudeDeg - expected.latitudeDeg) < 1e-6 &&
    Math.abs(actual.longitudeDeg - expected.longitudeDeg) < 1e-6
  );
}

/**
 * @param makeFixture its receiver is named `gnss` and has this limit for silence
 * @param needs the Debian package without which the fixture cannot be made
 */
export function testGnssReceiver(
  name: string,
  makeFixture: (context: TestContext, timeoutMs: number) => Promise<GnssFixture>,
  needs?: string,
): void {
  suite(`gnss receiver: ${name}`, test => {
    const it = (what: string, body: (context: TestContext) => unknown) =>
      needs === undefined ? test(what, body) : test.needing(needs, what, body);

    /** Opened, attached, and ready after an epoch without a fix. */
    async function opened(context: TestContext, timeoutMs = neverMs) {
      const fixture = await makeFixture(context, timeoutMs);
      const heard = recordGnss();
      await fixture.plug();
      context.after(() => fixture.receiver.close());
      fixture.receiver.open(heard.events);
      await until('the wire', () => fixture.attached());
      const { tell } = fixture;
      const ready = async () => {
        const before = heard.readies();
        await until('ready', async () => {
          tell({ time: noon - 1000, position: undefined });
          await new Promise(resolve => setTimeout(resolve, 100));
          return heard.readies() > before;
        });
      };
      return { ...fixture, ...heard, ready };
    }

    it('is ready without a fix, and vouches for neither time nor place', async context => {
      const { ready, fixes, faults } = await opened(context);
      await ready();
      await until('the epoch', () => fixes.length > 0);
      assert.is(fixes[0]?.time, undefined);
      assert.is(fixes[0]?.position, undefined);
      assert.is(faults.length, 0);
    });

    it('tells each epoch once, with time, place and when it came', async context => {
      const { ready, tell, fixes, faults } = await opened(context);
      await ready();
      await until('the epoch without a fix', () => fixes.length > 0);
      const sentAt: number[] = [];
      for (const second of [0, 1, 2]) {
        sentAt.push(performance.now());
        tell({ time: noon + second * 1000, position: qianmen });
        await until('the fix', () => fixes.at(-1)?.time === noon + second * 1000);
      }
      const told = fixes.filter(({ time }) => time !== undefined);
      assert.is(told.length, 3);
      for (const [i, { position, receivedAt }] of told.entries()) {
        assert.ok(near(position, qianmen), JSON.stringify(position));
        assert.ok(receivedAt >= (sentAt[i] ?? 0) && receivedAt <= performance.now());
      }
      assert.is(faults.length, 0);
    });

    it('does not believe what was changed on the way', async context => {
      const { ready, tell, tellDamaged, fixes } = await opened(context);
      await ready();
      await until('the epoch without a fix', () => fixes.length > 0);
      tellDamaged({ time: noon, position: qianmen });
      await new Promise(resolve => setTimeout(resolve, 400));
      tell({ time: noon + 1000, position: qianmen });
      await until('the fix', () => fixes.at(-1)?.time === noon + 1000);
      assert.not.ok(fixes.some(({ time }) => time === noon));
    });

    it('silence is a timeout, told once, and mended by the next epoch', async context => {
      const { ready, faults } = await opened(context, strictMs);
      await ready();
      await until('the fault', () => faults.length > 0);
      await new Promise(resolve => setTimeout(resolve, 1500));
      assert.equal(
        faults.map(({ kind, device }) => ({ kind, device })),
        [{ kind: 'timeout', device: 'gnss' }],
      );
      await ready();
    });

    it('noise only is a protocol fault, told once, and mended by the next epoch', async context => {
      const { ready, noise, faults, fixes } = await opened(context, strictMs);
      await ready();
      await until('the epoch without a fix', () => fixes.length > 0);
      const noisy = setInterval(noise, 200);
      context.after(() => clearInterval(noisy));
      await until('the fault', () => faults.length > 0);
      await new Promise(resolve => setTimeout(resolve, 1500));
      clearInterval(noisy);
      assert.equal(
        faults.map(({ kind }) => kind),
        ['protocol'],
      );
      assert.ok(fixes.every(({ time, position }) => time === undefined && position === undefined));
      await ready();
    });

    it('tells of an outage once, is ready again after it, and goes on', async context => {
      const { ready, plug, unplug, tell, fixes, faults, attached } = await opened(context);
      await ready();
      await unplug();
      await until('the fault', () => faults.length > 0);
      await new Promise(resolve => setTimeout(resolve, 500));
      assert.equal(
        faults.map(({ kind, device }) => ({ kind, device })),
        [{ kind: 'disconnected', device: 'gnss' }],
      );
      await plug();
      await until('the wire', () => attached());
      await ready();
      tell({ time: noon, position: qianmen });
      await until('the fix', () => fixes.at(-1)?.time === noon);
    });

    it('opens without its device, tells the fault, and waits for it', async context => {
      const { receiver, plug, tell, attached } = await makeFixture(context, neverMs);
      const { events, faults, readies } = recordGnss();
      context.after(() => receiver.close());
      receiver.open(events);
      await until('the fault', () => faults.length > 0);
      await plug();
      await until('the wire', () => attached());
      await until('ready', async () => {
        tell({ time: noon, position: undefined });
        await new Promise(resolve => setTimeout(resolve, 100));
        return readies() === 1;
      });
      assert.is(faults.length, 1);
    });

    it('lets go of the wire when closed, and says nothing more', async context => {
      const { receiver, ready, attached, tell, fixes, faults } = await opened(context);
      await ready();
      tell({ time: noon, position: qianmen });
      await receiver.close();
      const before = fixes.length;
      await until('the wire to be let go', () => !attached());
      tell({ time: noon + 1000, position: qianmen });
      await new Promise(resolve => setTimeout(resolve, 300));
      assert.is(fixes.length, before);
      assert.is(faults.length, 0);
      await receiver.close();
    });

    it('closes in the middle of an outage, and before it was ever opened', async context => {
      const unopened = await makeFixture(context, neverMs);
      await unopened.receiver.close();
      const { receiver, ready, unplug, plug, faults, readies } = await opened(context);
      await ready();
      await unplug();
      await until('the fault', () => faults.length > 0);
      await receiver.close();
      const before = readies();
      await plug();
      await new Promise(resolve => setTimeout(resolve, 300));
      assert.is(readies(), before);
    });
  });
}
