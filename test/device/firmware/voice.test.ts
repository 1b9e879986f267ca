/** The firmware with a speaker: what is said to whom, and what happens when it fails. */
import * as assert from 'uvu/assert';
import type { VoiceRow } from '../../../device/core/prompt-table.ts';
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
});
