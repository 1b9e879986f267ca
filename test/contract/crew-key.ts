/** What every key of the crew must do, whatever its wire. */
import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import type { CrewKey } from '../../device/ports.ts';
import { suite, type TestContext, until } from '../harness.ts';
import { recordDevice } from './device-events.ts';

/** A key not yet opened, and the far end of its wire, not yet plugged in. */
export interface CrewKeyFixture {
  readonly key: CrewKey;
  plug(): Promise<void>;
  unplug(): Promise<void>;
  press(): void;
  /** Bytes that are no press. */
  noise(): void;
}

/** Longer than what ends a message. */
const pauseMs = 300;

export function testCrewKey(
  name: string,
  makeFixture: (context: TestContext) => Promise<CrewKeyFixture>,
  needs?: string,
): void {
  suite(`crew key: ${name}`, test => {
    const it = (what: string, body: (context: TestContext) => unknown) =>
      needs === undefined ? test(what, body) : test.needing(needs, what, body);

    async function opened(context: TestContext) {
      const fixture = await makeFixture(context);
      const { events, ...heard } = recordDevice();
      let presses = 0;
      await fixture.plug();
      context.after(() => fixture.key.close());
      fixture.key.open({ ...events, pressed: () => presses++ });
      await until('ready', () => heard.readies() === 1);
      return { ...fixture, ...heard, presses: () => presses };
    }

    it('tells each press once', async context => {
      const { press, presses, faults } = await opened(context);
      for (const count of [1, 2, 3]) {
        press();
        await until('the press', () => presses() === count);
        await sleep(pauseMs);
      }
      assert.is(presses(), 3);
      assert.is(faults.length, 0);
    });

    it('noise is no press, and the press after it is one', async context => {
      const { press, noise, presses } = await opened(context);
      for (let i = 0; i < 20; i++) noise();
      await sleep(pauseMs);
      assert.is(presses(), 0);
      press();
      await until('the press', () => presses() === 1);
    });

    it('tells of an outage once, and is heard again after it', async context => {
      const { press, plug, unplug, presses, faults, readies } = await opened(context);
      await unplug();
      await until('the fault', () => faults.length > 0);
      await sleep(pauseMs);
      assert.equal(
        faults.map(({ kind, device }) => ({ kind, device })),
        [{ kind: 'disconnected', device: 'key' }],
      );
      await plug();
      await until('ready again', () => readies() === 2);
      press();
      await until('the press', () => presses() === 1);
    });

    it('says nothing once it is closed; it may be closed twice, and unopened', async context => {
      const unopened = await makeFixture(context);
      await unopened.key.close();
      const { key, press, presses, faults } = await opened(context);
      await key.close();
      await key.close();
      press();
      await sleep(pauseMs);
      assert.is(presses(), 0);
      assert.is(faults.length, 0);
    });
  });
}
