/** What every contact of a door must do, whatever its wire. */
import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import type { DoorContact, DoorState } from '../../device/ports.ts';
import { suite, type TestContext, until } from '../harness.ts';
import { recordDevice } from './device-events.ts';

/** A contact not yet opened, and the far end of its wire, not yet plugged in. */
export interface DoorContactFixture {
  readonly contact: DoorContact;
  plug(): Promise<void>;
  unplug(): Promise<void>;
  move(door: DoorState): void;
  /** Bytes that say nothing of a door. */
  noise(): void;
}

/** Longer than what ends a message. */
const pauseMs = 300;

export function testDoorContact(
  name: string,
  makeFixture: (context: TestContext) => Promise<DoorContactFixture>,
  needs?: string,
): void {
  suite(`door contact: ${name}`, test => {
    const it = (what: string, body: (context: TestContext) => unknown) =>
      needs === undefined ? test(what, body) : test.needing(needs, what, body);

    async function opened(context: TestContext) {
      const fixture = await makeFixture(context);
      const { events, ...heard } = recordDevice();
      const moves: DoorState[] = [];
      await fixture.plug();
      context.after(() => fixture.contact.close());
      fixture.contact.open({ ...events, moved: door => moves.push(door) });
      await until('ready', () => heard.readies() === 1);
      return { ...fixture, ...heard, moves };
    }

    it('tells how the door stands, and nothing before it is told', async context => {
      const { move, moves, faults } = await opened(context);
      await sleep(pauseMs);
      assert.equal(moves, []);
      for (const door of ['open', 'closed', 'open'] as const) {
        const before = moves.length;
        move(door);
        await until('the move', () => moves.length > before);
        assert.is(moves.at(-1), door);
        await sleep(pauseMs);
      }
      assert.equal(moves, ['open', 'closed', 'open']);
      assert.is(faults.length, 0);
    });

    it('noise moves no door, and what is told after it counts', async context => {
      const { move, noise, moves } = await opened(context);
      for (let i = 0; i < 20; i++) noise();
      await sleep(pauseMs);
      assert.equal(moves, []);
      move('open');
      await until('the move', () => moves.length === 1);
    });

    it('tells of an outage once, and is heard again after it', async context => {
      const { move, plug, unplug, moves, faults, readies } = await opened(context);
      await unplug();
      await until('the fault', () => faults.length > 0);
      await sleep(pauseMs);
      assert.equal(
        faults.map(({ kind, device }) => ({ kind, device })),
        [{ kind: 'disconnected', device: 'door' }],
      );
      await plug();
      await until('ready again', () => readies() === 2);
      move('closed');
      await until('the move', () => moves.length === 1);
    });

    it('says nothing once it is closed; it may be closed twice, and unopened', async context => {
      const unopened = await makeFixture(context);
      await unopened.contact.close();
      const { contact, move, moves, faults } = await opened(context);
      await contact.close();
      await contact.close();
      move('open');
      await sleep(pauseMs);
      assert.equal(moves, []);
      assert.is(faults.length, 0);
    });
  });
}
