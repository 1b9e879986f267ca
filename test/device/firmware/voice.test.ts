/** The firmware with a speaker: what is said to whom, and what happens when it fails. */
import * as assert from 'uvu/assert';
import { beijingMinute } from '../../../device/core/beijing-time.ts';
import type { VoiceRow } from '../../../device/core/prompt-table.ts';
import { wordsOfTrack } from '../../../sim/voice/tracks.ts';
import type { Mp3ModulePort } from '../../../sim/wires/mp3-module.ts';
import { buildLinkCache } from '../../../sync/commands/links-command.ts';
import { readFleetKeys } from '../../../sync/fleet-keys.ts';
import { alsaUtils, createAlsaEar, device } from '../../drivers/speaker/alsa-ear.ts';
import { suite, until } from '../../harness.ts';
import { startStand } from './stand.ts';

const to = { audience: 'passenger', repeat: 1 } as const;
const prompts: readonly VoiceRow[] = [
  { ...to, occasion: 'pass', medium: 'card', prompt: 'one' },
  { ...to, occasion: 'pass', medium: 'code', prompt: 'two' },
  { ...to, occasion: 'abnormal', prompt: 'three' },
];
const volume = [{ from: '00:00', percent: 100 }];

suite('firmware with a speaker', test => {
  test.needing(
    alsaUtils,
    'says each verdict aloud, cut off by the next, and the crew hears of a fault',
    async context => {
      const ear = createAlsaEar(context);
      ear.plug();
      const common = { driver: 'alsa', device, prompts: ear.prompts, timeoutMs: 60_000 };
      const stand = await startStand(context, {
        settings: { speakers: [{ ...common, name: 'voice', audience: 'passenger' }] },
        policy: { voice: { volume, prompts } },
      });
      const { crowd } = stand;
      const heard = () => ear.heard().map(({ id, whole }) => `${id} ${whole}`);

      await stand.tap(crowd.tUnion('green'));
      await until('the prompt', () => heard().join() === 'one true');
      ear.listen(false);
      await stand.scan(crowd.code('green'));
      await ear.begun('two');
      await stand.tap(crowd.tUnion('red'));
      await stand.shows('passenger', '请联系司乘人员');
      ear.listen(true);
      await until('the last prompt', () => heard().at(-1) === 'three true');
      assert.equal(heard(), ['one true', 'two false', 'three true']);

      // Silence is meant here: the policy has no row for it.
      await stand.tap(crowd.tUnion('none'));
      const from = stand.log.length;
      ear.unplug();
      await stand.logged('part-fault', from);
      await stand.shows('crew', '扬声器故障 (voice)');
      const tap = await stand.tap(crowd.tUnion('green'));
      assert.is(tap.verdict, 'pass');
      ear.plug();
      await stand.logged('part-ready', from);
      assert.match(await stand.ask('readers'), /speaker +voice +works/);
      assert.equal(await stand.stop(), { code: 0, signal: null });
      assert.is(ear.heard().length, 3);
    },
  );

  test('is as loud as it ever is while no time is known', async context => {
    const isMorning = Number(beijingMinute(Date.now()).slice(0, 2)) < 12;
    const [early, late] = isMorning ? [40, 100] : [100, 40];
    const steps = [
      { from: '00:00', percent: early },
      { from: isMorning ? '20:00' : '06:00', percent: late },
    ];
    const [said] = prompts.filter(({ occasion }) => occasion === 'abnormal');
    const known = said === undefined ? [] : [{ ...said, occasion: 'cannot-verify', prompt: 'di' }];
    const stand = await startStand(context, { policy: { voice: { volume: steps, prompts: known } } });
    const [key] = readFleetKeys(stand.office.files.fleetKeys);
    buildLinkCache(stand.office.files.links, stand.crowd.links, key, Date.now() + 2 * 3_600_000);
    await stand.shows('crew', '时钟故障');
    assert.is((await stand.tap(stand.crowd.tUnion('green'))).reason, 'future-data');
    const { passenger } = stand.post.speakers;
    await until('the prompt', () => passenger.heard().length > 0);
    assert.is(passenger.heard()[0]?.volume, 30);
  });

  test('says the pilot’s words by serial MP3 modules, and the full ones to the crew only', async context => {
    const stand = await startStand(context);
    const { crowd } = stand;
    const { speakers } = stand.post;
    /** What is repeated counts once. */
    const heardBy = ({ heard }: Mp3ModulePort) =>
      heard()
        .map(({ track }) => wordsOfTrack(track).prompt)
        .filter((prompt, i, all) => prompt !== all[i - 1]);
    const heard = () => [heardBy(speakers.passenger), heardBy(speakers.crew)];
    const expected: (readonly [act: () => Promise<unknown>, passenger: string, crew?: string])[] = [
      [() => stand.tap(crowd.tUnion('green')), 'di'],
      [() => stand.scan(crowd.code('green')), 'code-ok'],
      [() => stand.tap(crowd.tUnion('green', { kind: 'senior' })), 'di'],
      [() => stand.tap(crowd.tUnion('none')), 'not-found', 'crew-not-found'],
      [() => stand.tap(crowd.tUnion('unknown')), 'cannot-verify', 'crew-cannot-verify'],
      [() => stand.scan(crowd.code('popup')), 'see-crew', 'crew-abnormal'],
    ];
    const said: [string[], string[]] = [[], []];
    for (const [act, passenger, crew] of expected) {
      await act();
      said[0].push(passenger);
      if (crew !== undefined) said[1].push(crew);
      await until(`to hear ${said}`, () => JSON.stringify(heard()) === JSON.stringify(said));
    }
    assert.is(speakers.passenger.lost, 0);
    const from = stand.log.length;
    speakers.crew.unplug();
    await stand.logged('part-fault', from);
    await until('the end of the fault', () =>
      stand.log.slice(from).some(({ event, name }) => event === 'part-ready' && name === 'crew-voice'),
    );
  });
});
