/** What every Speaker must do, whatever its wire. */
import * as assert from 'uvu/assert';
import type { Speaker } from '../../device/ports.ts';
import { suite, type TestContext, until } from '../harness.ts';
import type { Requirement } from '../left-out.ts';
import { recordDevice } from './device-events.ts';

/** What a person in front of the loudspeaker has heard, one prompt after the other. */
export interface Heard {
  readonly id: string;
  /** To its end. */
  readonly whole: boolean;
  /** 0 to 100, of the loudest; within 4. */
  readonly volumePercent: number;
}

/** A speaker not yet opened that has the prompts `one`, `two` and `three`, and the far end of its wire, not yet plugged in. */
export interface SpeakerFixture {
  readonly speaker: Speaker;
  plug(): unknown;
  unplug(): unknown;
  /** The driver holds the wire. */
  attached(): boolean;
  /** All that was heard since the beginning; a prompt that sounds now is the last one, and not whole. */
  heard(): readonly Heard[];
  /** From now on no prompt comes to its end by itself, or each does; they do at first. */
  linger(isLingering: boolean): void;
  /** Resolves when this prompt has begun to sound, while they linger. */
  begun(id: string): Promise<unknown>;
  /** From now on the device is there and does not do what it is told, or does it again. */
  mute(isMute: boolean): unknown;
}

/** The prompts that a fixture's speaker has. */
export const promptNames = ['one', 'two', 'three'] as const;
const loud = (id: string, times = 1) => ({ id, times, volumePercent: 100 });
const neverMs = 60_000;
const strictMs = 300;

/**
 * @param makeFixture its speaker is named `speaker`; `timeoutMs` is how late it may be
 * @param needs what the fixture cannot be made without
 */
export function testSpeaker(
  name: string,
  makeFixture: (context: TestContext, timeoutMs: number) => Promise<SpeakerFixture>,
  needs?: Requirement,
): void {
  suite(`speaker: ${name}`, test => {
    const it = (what: string, body: (context: TestContext) => unknown) =>
      needs === undefined ? test(what, body) : test.needing(needs, what, body);

    /** Plugged in, opened and ready. */
    async function opened(context: TestContext, timeoutMs = neverMs) {
      const fixture = await makeFixture(context, timeoutMs);
      const said = recordDevice();
      await fixture.plug();
      context.after(() => fixture.speaker.close());
      fixture.speaker.prepare(promptNames);
      fixture.speaker.open(said.events);
      await until('ready', () => said.readies() === 1);
      const { heard } = fixture;
      const wholly = (...ids: readonly string[]) =>
        until(`to hear ${ids}`, () => {
          const all = heard().filter(({ whole }) => whole);
          return all.map(({ id }) => id).join() === ids.join() && all;
        });
      return { ...fixture, ...said, wholly };
    }

    it('says a prompt, and the next one after it', async context => {
      const { speaker, wholly, faults, readies } = await opened(context);
      speaker.play(loud('one'));
      await wholly('one');
      speaker.play(loud('two'));
      await wholly('one', 'two');
      speaker.play(loud('one'));
      await wholly('one', 'two', 'one');
      assert.is(faults.length, 0);
      assert.is(readies(), 1);
    });

    it('says a prompt as often and as loud as it is told', async context => {
      const { speaker, wholly } = await opened(context);
      speaker.play({ id: 'three', times: 3, volumePercent: 50 });
      const quiet = await wholly('three', 'three', 'three');
      for (const { volumePercent } of quiet) assert.ok(Math.abs(volumePercent - 50) <= 4, `${volumePercent}`);
      speaker.play(loud('one'));
      const all = await wholly('three', 'three', 'three', 'one');
      assert.ok((all.at(-1)?.volumePercent ?? 0) >= 96);
    });

    it('is cut off by the next prompt, which is heard to its end', async context => {
      const { speaker, linger, begun, wholly, heard, faults } = await opened(context);
      linger(true);
      speaker.play(loud('one'));
      await begun('one');
      speaker.play(loud('two'));
      await begun('two');
      linger(false);
      speaker.play(loud('three'));
      await wholly('three');
      assert.equal(
        heard().map(({ id, whole }) => `${id} ${whole}`),
        ['one false', 'two false', 'three true'],
      );
      assert.is(faults.length, 0);
    });

    it('says only the last of many that come at once, and is ready for the next', async context => {
      const { speaker, wholly, heard, faults } = await opened(context);
      for (let i = 0; i < 50; i++) speaker.play(loud(i % 2 === 0 ? 'one' : 'two'));
      speaker.play(loud('three'));
      await until('the last', () => heard().at(-1)?.id === 'three' && heard().at(-1)?.whole);
      assert.ok(heard().length <= 3, JSON.stringify(heard()));
      const before = heard()
        .filter(({ whole }) => whole)
        .map(({ id }) => id);
      speaker.play(loud('one'));
      await wholly(...before, 'one');
      assert.is(faults.length, 0);
    });

    it('a prompt that it lacks is a fault that names it; the others are heard', async context => {
      const { speaker, wholly, faults, readies } = await opened(context);
      speaker.prepare([...promptNames, 'four']);
      await until('the fault', () => faults.length > 0);
      assert.is(faults[0]?.kind, 'hindered');
      assert.match(faults[0]?.message ?? '', /four/);
      speaker.play(loud('four'));
      speaker.play(loud('two'));
      await wholly('two');
      assert.is(faults.length, 1);
      speaker.prepare(promptNames);
      await until('the end of the fault', () => readies() === 2);
    });

    it('a device that does not do what it is told is a fault, until a prompt is heard', async context => {
      const { speaker, mute, faults, readies, heard } = await opened(context, strictMs);
      mute(true);
      speaker.play(loud('one'));
      await until('the fault', () => faults.length > 0);
      assert.is(faults[0]?.kind, 'timeout');
      speaker.play(loud('two'));
      await mute(false);
      const isHeard = () => heard().some(({ id, whole }) => id === 'three' && whole);
      await until('the prompt', async () => {
        speaker.play(loud('three'));
        const since = performance.now();
        await until('its end, or its loss', () => isHeard() || performance.now() - since > 4000);
        return isHeard();
      });
      await until('the end of the fault', () => readies() >= 2);
    });

    it('opens without its device, tells the fault, and waits for it', async context => {
      const { speaker, plug, heard } = await makeFixture(context, neverMs);
      const { events, faults, readies } = recordDevice();
      context.after(() => speaker.close());
      speaker.prepare(promptNames);
      speaker.open(events);
      await until('the fault', () => faults.length > 0);
      await plug();
      await until('ready', () => readies() === 1);
      speaker.play(loud('two'));
      await until('the prompt', () => heard().some(({ id, whole }) => id === 'two' && whole));
      assert.equal(
        faults.map(({ kind, device }) => `${kind} ${device}`),
        ['disconnected speaker'],
      );
    });

    it('tells of an outage once, is ready again after it, and speaks', async context => {
      const { speaker, plug, unplug, wholly, faults, readies } = await opened(context);
      await unplug();
      await until('the fault', () => faults.length > 0);
      await new Promise(resolve => setTimeout(resolve, 500));
      assert.equal(
        faults.map(({ kind, device }) => `${kind} ${device}`),
        ['disconnected speaker'],
      );
      await plug();
      await until('ready again', () => readies() === 2);
      speaker.play(loud('one'));
      await wholly('one');
    });

    it('lets go of the wire when closed, in the middle of a prompt, and says nothing more', async context => {
      const { speaker, linger, begun, attached, heard, faults } = await opened(context);
      linger(true);
      speaker.play(loud('one'));
      await begun('one');
      await speaker.close();
      await until('the wire to be let go', () => !attached());
      speaker.play(loud('two'));
      await new Promise(resolve => setTimeout(resolve, 300));
      assert.equal(
        heard().map(({ id }) => id),
        ['one'],
      );
      assert.is(faults.length, 0);
      await speaker.close();
    });

    it('closes in the middle of an outage, and before it was ever opened', async context => {
      const unopened = await makeFixture(context, neverMs);
      await unopened.speaker.close();
      const { speaker, unplug, plug, faults, readies } = await opened(context);
      await unplug();
      await until('the fault', () => faults.length > 0);
      await speaker.close();
      const before = readies();
      await plug();
      await new Promise(resolve => setTimeout(resolve, 300));
      assert.is(readies(), before);
    });
  });
}
