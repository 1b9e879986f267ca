import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { pilotTracks, pilotVoice } from '../../../device/core/pilot-voice.ts';
import { promptsOf } from '../../../device/core/voice.ts';
import { readRecordings } from '../../../drivers/speaker/recordings.ts';
import { durationMs } from '../../../drivers/speaker/wav.ts';
import { makeVoice, missingForVoice } from '../../../sim/voice/make-voice.ts';
import { pilotWords, textOf } from '../../../sim/voice/words.ts';
import { suite } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

const wanted = [...promptsOf(pilotVoice, 'passenger'), ...promptsOf(pilotVoice, 'crew')];

const bothPrograms = {
  what: 'espeak-ng or ffmpeg',
  packages: ['espeak-ng', 'ffmpeg'],
  met: () => missingForVoice(true).length === 0,
};

suite("the pilot's recordings", test => {
  test('there are words for each of its prompts, and for no other', () => {
    assert.equal(Object.keys(pilotWords).sort(), [...wanted].sort());
    assert.equal(Object.keys(pilotTracks), Object.keys(pilotWords));
  });

  test('passengers hear neither of an abnormal code nor of age, disability or a blocked card', () => {
    for (const id of promptsOf(pilotVoice, 'passenger')) {
      const words = pilotWords[id];
      assert.ok(words);
      assert.not.match(textOf(words), /异常|老年|老人|敬老|爱心|学生|残疾|免费|黑名单|红码|黄码|弹窗/);
      assert.ok(textOf(words).startsWith('滴'));
    }
  });

  test("settings.md has the pilot's prompts with their words", () => {
    const page = readFileSync(new URL('../../../../docs/formats/settings.md', import.meta.url), 'utf8');
    for (const [id, words] of Object.entries(pilotWords)) {
      const row = `| ${pilotTracks[id]} | \`${id}\` | ${textOf(words)} |`;
      assert.ok(page.includes(row), row);
    }
  });

  test.needing('espeak-ng', 'are WAV files that a speaker can play', async context => {
    const directory = join(temporaryDirectory(context), 'new');
    const files = await makeVoice(directory);
    assert.equal([...files].sort(), readdirSync(directory).sort());
    const { sounds, lacking } = await readRecordings(directory, wanted);
    assert.equal(lacking, []);
    for (const [id, sound] of sounds) {
      const ms = durationMs(sound);
      assert.ok(id === 'di' ? Math.round(ms) === 150 : ms > 600 && ms < 8000, `${id} lasts ${ms} ms`);
      const values = new Int16Array(new Uint8Array(sound.samples).buffer);
      const loudest = values.reduce((most, value) => Math.max(most, value), 0);
      assert.ok(loudest > 8000, `${id} is ${loudest} loud`);
    }
  });

  test.needing(bothPrograms, 'are MP3 files with the numbers of their tracks for a module', async context => {
    const directory = temporaryDirectory(context);
    const files = await makeVoice(directory, true);
    assert.is(files[0], '0001-di.mp3');
    assert.is(files.length, wanted.length);
    for (const file of files) {
      const head = readFileSync(join(directory, file)).subarray(0, 3);
      assert.ok(head.toString('latin1') === 'ID3' || head[0] === 0xff, file);
    }
  });
});
