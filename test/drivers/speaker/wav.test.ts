import * as assert from 'uvu/assert';
import { durationMs, readWav, rendered } from '../../../drivers/speaker/wav.ts';
import { suite } from '../../harness.ts';
import { chunk, madeWav } from './made-wav.ts';

const samples = Int16Array.from([0, 1000, -1000, 32_767, -32_768, 2]);
const bytesOf = (...values: readonly number[]) => Buffer.from(Int16Array.from(values).buffer);
const once = { times: 1, volumePercent: 100 };

suite('WAV files', test => {
  test('format and samples are read, whatever stands between', () => {
    const before = Buffer.concat([chunk('LIST', Buffer.from('odd')), chunk('fact', Buffer.alloc(4))]);
    for (const wav of [madeWav({ samples }), madeWav({ samples, before })]) {
      const sound = readWav(wav);
      assert.equal([sound.rateHz, sound.channels], [22_050, 1]);
      assert.equal(sound.samples, bytesOf(...samples));
    }
    const stereo = readWav(madeWav({ samples, channels: 2, rateHz: 48_000 }));
    assert.equal([stereo.rateHz, stereo.channels], [48_000, 2]);
    assert.is(durationMs({ ...stereo, samples: Buffer.alloc(48_000 * 4) }), 1000);
  });

  test('a length beyond the end of the file, as of a stream, ends with it', () => {
    const wav = madeWav({ samples });
    wav.writeUInt32LE(0xffff_ffff, wav.length - samples.length * 2 - 4);
    assert.equal(readWav(wav).samples, bytesOf(...samples));
    assert.equal(readWav(wav.subarray(0, -3)).samples, bytesOf(...samples.slice(0, -2)));
  });

  test('what cannot be played is refused with the reason', () => {
    const bad: readonly (readonly [Buffer, RegExp])[] = [
      [Buffer.alloc(0), /no WAV file/],
      [Buffer.from('ID3 an MP3 file that somebody has renamed'), /no WAV file/],
      [madeWav({ samples, bits: 24 }), /not 16-bit PCM/],
      [madeWav({ samples, coding: 3 }), /not 16-bit PCM/],
      [madeWav({ samples, channels: 6 }), /6 channels, not 1 or 2/],
      [madeWav({ samples, rateHz: 96_000 }), /96000 Hz, not 8000 to 48000/],
      [madeWav({ samples: new Int16Array(0) }), /no samples in it/],
      [madeWav({ samples }).subarray(0, 40), /no samples in it/],
      [madeWav({ samples }).subarray(0, 30), /its format is cut short/],
      [madeWav({ samples, before: chunk('data', bytesOf(1, 2)) }), /samples before their format/],
    ];
    for (const [wav, why] of bad) assert.throws(() => readWav(wav), why);
  });

  test('no bytes make it read for ever or throw anything but a reason', () => {
    const wav = madeWav({ samples, before: chunk('LIST', Buffer.from('odd')) });
    for (let at = 0; at < wav.length; at++) {
      for (const value of [0, 1, 0x7f, 0xff]) {
        const damaged = Buffer.from(wav);
        damaged[at] = value;
        try {
          readWav(damaged);
        } catch (error) {
          assert.instance(error, Error);
          assert.not.instance(error, RangeError);
        }
      }
    }
  });

  test('volume and repetition', () => {
    const sound = readWav(madeWav({ samples, rateHz: 10_000 }));
    assert.equal(rendered(sound, once), bytesOf(...samples));
    assert.equal(rendered(sound, { times: 1, volumePercent: 50 }), bytesOf(0, 500, -500, 16_384, -16_384, 1));
    assert.equal(rendered(sound, { times: 1, volumePercent: 0 }), Buffer.alloc(12));
    const twice = rendered(sound, { times: 2, volumePercent: 100 });
    assert.equal(twice, Buffer.concat([bytesOf(...samples), Buffer.alloc(6000), bytesOf(...samples)]));
  });
});
