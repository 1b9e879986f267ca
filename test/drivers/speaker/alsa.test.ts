import { execFileSync } from 'node:child_process';
import { copyFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createAlsaSpeaker } from '../../../drivers/speaker/alsa.ts';
import { recordDevice } from '../../contract/device-events.ts';
import { promptNames, testSpeaker } from '../../contract/speaker.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { childrenOf, commandOf } from '../card-reader/children.ts';
import { alsaUtils, createAlsaEar, device } from './alsa-ear.ts';
import { madeWav } from './made-wav.ts';

const neverMs = 60_000;

testSpeaker(
  "alsa, heard through ALSA's file plugin",
  async (context, timeoutMs) => {
    const { prompts, listen, ...ear } = createAlsaEar(context);
    return {
      ...ear,
      speaker: createAlsaSpeaker({ name: 'speaker', audience: 'passenger', device, prompts, timeoutMs }),
      linger: isLingering => listen(!isLingering),
      mute: isMute => listen(!isMute),
    };
  },
  alsaUtils,
);

suite('alsa speaker', test => {
  /** Plugged in and opened. */
  function opened(context: TestContext, wanted: readonly string[] = promptNames) {
    const ear = createAlsaEar(context);
    const { prompts } = ear;
    const options = { name: 'speaker', audience: 'crew', device, prompts, timeoutMs: neverMs } as const;
    const speaker = createAlsaSpeaker(options);
    context.after(() => speaker.close());
    const { events, ...said } = recordDevice();
    ear.plug();
    const open = () => {
      speaker.prepare(wanted);
      speaker.open(events);
    };
    return { ...ear, ...said, speaker, open };
  }

  const players = () => childrenOf(process.pid).filter(pid => commandOf(pid).startsWith('aplay'));

  test.needing(alsaUtils, 'an aplay that dies is started again, and says the next prompt', async context => {
    const { open, readies, faults, speaker, heard } = opened(context);
    open();
    await until('ready', () => readies() === 1);
    for (const pid of players()) process.kill(pid, 'SIGKILL');
    await until('ready again', () => readies() === 2);
    assert.equal(
      faults.map(({ kind }) => kind),
      ['disconnected'],
    );
    assert.match(faults[0]?.message ?? '', /^aplay ended \(SIGKILL\)/);
    speaker.play({ id: 'one', times: 1, volumePercent: 100 });
    await until('the prompt', () => heard().at(-1)?.whole);
  });

  test.needing(
    alsaUtils,
    'recordings that cannot be played are named, each with the reason',
    async context => {
      const { open, prompts, faults, readies, heard, speaker } = opened(context, [
        ...promptNames,
        ...['absent', 'text', 'other'],
      ]);
      writeFileSync(join(prompts, 'text.wav'), 'no sound at all');
      writeFileSync(join(prompts, 'other.wav'), madeWav({ samples: new Int16Array(100), rateHz: 8000 }));
      open();
      await until('the fault', () => faults.length > 0);
      assert.is(faults[0]?.kind, 'hindered');
      const other = 'other (8000 Hz mono, where others have 48000 Hz stereo)';
      const why = `lacks prompts: absent (no such file), text (no WAV file), ${other}`;
      assert.is(faults[0]?.message, why);
      speaker.play({ id: 'three', times: 1, volumePercent: 100 });
      await until('the prompt', () => heard().at(-1)?.whole);
      for (const name of ['absent', 'text', 'other'])
        copyFileSync(join(prompts, 'one.wav'), join(prompts, `${name}.wav`));
      await until('the end of the fault', () => readies() === 1);
    },
  );

  test.needing(alsaUtils, 'recordings of another format are played in it', async context => {
    const { open, prompts, faults, readies, heard, speaker } = opened(context);
    open();
    await until('ready', () => readies() === 1);
    const samples = new Int16Array(300_000).fill(22_000);
    writeFileSync(join(prompts, 'two.wav'), madeWav({ samples, rateHz: 16_000 }));
    speaker.prepare(['two']);
    await until('the format', () => players().some(pid => commandOf(pid).includes('-r 16000 -c 1')));
    await until('the prompt', async () => {
      speaker.play({ id: 'two', times: 1, volumePercent: 100 });
      await until('its end', () => heard().at(-1)?.whole);
      return true;
    });
    assert.is(faults.length, 0);
  });

  /** A program that stands for `aplay` and never says that the card is open. */
  function unopening(context: TestContext, script: string): void {
    const path = process.env.PATH;
    context.after(() => {
      process.env.PATH = path;
    });
    const folder = temporaryDirectory(context);
    writeFileSync(join(folder, 'aplay'), `#!/bin/sh\n${script}\nexec sleep 600\n`, { mode: 0o755 });
    process.env.PATH = `${folder}:${path}`;
  }

  test('a card that goes while it opens is a fault, and ends nothing else', async context => {
    const { open, faults } = opened(context);
    const pipe = join(temporaryDirectory(context), 'pipe');
    unopening(context, `mkfifo ${pipe}; exec 7<>${pipe}; rm ${pipe}`);
    open();
    await until('the fault', () => faults.length > 0);
    assert.is(faults[0]?.message, `${pipe} is gone`);
  });

  test('a card that hangs while it opens is a fault', async context => {
    const { prompts } = createAlsaEar(context);
    unopening(context, '');
    const options = { name: 'speaker', audience: 'crew', device, prompts, timeoutMs: 100 } as const;
    const speaker = createAlsaSpeaker(options);
    context.after(() => speaker.close());
    const { events, faults } = recordDevice();
    speaker.open(events);
    await until('the fault', () => faults.length > 0);
    assert.is(faults[0]?.message, 'the sound card does not open');
    await speaker.close();
    assert.equal(players(), []);
  });

  test('without aplay the fault names the package', async context => {
    const path = process.env.PATH;
    context.after(() => {
      process.env.PATH = path;
    });
    const folder = temporaryDirectory(context);
    symlinkSync(execFileSync('which', ['setpriv'], { encoding: 'utf8' }).trim(), join(folder, 'setpriv'));
    const { open, faults } = opened(context);
    process.env.PATH = folder;
    open();
    await until('the fault', () => faults.length > 0);
    assert.is(faults[0]?.message, 'aplay is missing: install the package alsa-utils');
  });
});
