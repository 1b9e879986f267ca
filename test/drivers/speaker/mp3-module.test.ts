import * as assert from 'uvu/assert';
import { createExchange } from '../../../drivers/speaker/mp3-module/exchange.ts';
import { encodeFrame } from '../../../drivers/speaker/mp3-module/frames.ts';
import { createMp3Module } from '../../../drivers/speaker/mp3-module/mp3-module.ts';
import { freePort } from '../../../sim/wires/free-port.ts';
import {
  createMp3ModulePort,
  type Mp3ModuleOptions,
  type Mp3ModulePort,
} from '../../../sim/wires/mp3-module.ts';
import { recordDevice } from '../../contract/device-events.ts';
import { promptNames, testSpeaker } from '../../contract/speaker.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { createPtyDevice } from '../far-end.ts';

const tracks = { one: 1, two: 2, three: 3 };
const names: Readonly<Record<number, string>> = { 1: 'one', 2: 'two', 3: 'three' };
const neverMs = 60_000;

function heardBy(module: Mp3ModulePort | undefined) {
  return (module?.heard() ?? []).map(({ track, volume, whole }) => ({
    id: names[track] ?? `track ${track}`,
    volumePercent: (volume / 30) * 100,
    whole,
  }));
}

testSpeaker('serial MP3 module on tcp', async (context, timeoutMs) => {
  const port = await freePort();
  let module: Mp3ModulePort | undefined;
  context.after(() => module?.close());
  const heard = () => heardBy(module);
  return {
    speaker: createMp3Module({
      name: 'speaker',
      audience: 'passenger',
      path: `tcp://127.0.0.1:${port}`,
      baudRate: 9600,
      tracks,
      answerTimeoutMs: timeoutMs,
    }),
    async plug() {
      module = await createMp3ModulePort({ port });
    },
    unplug: () => module?.close(),
    attached: () => module?.connected === true,
    heard,
    linger: isLingering => module?.linger(isLingering),
    begun: id => until(`${id} to begin`, () => heard().at(-1)?.id === id),
    mute: isMute => module?.mute(isMute),
  };
});

testSpeaker(
  'serial MP3 module on a tty',
  async (context, timeoutMs) => {
    const module = await createMp3ModulePort();
    context.after(module.close);
    const pty = createPtyDevice(context, `TCP:127.0.0.1:${module.port}`);
    const heard = () => heardBy(module);
    return {
      speaker: createMp3Module({
        name: 'speaker',
        audience: 'crew',
        path: pty.path,
        baudRate: 9600,
        tracks,
        answerTimeoutMs: timeoutMs,
      }),
      ...pty,
      heard,
      linger: module.linger,
      begun: id => until(`${id} to begin`, () => heard().at(-1)?.id === id),
      mute(isMute) {
        module.mute(isMute);
        // The PTY ends when the driver lets go of it, which a real line does not.
        return isMute ? undefined : pty.replug();
      },
    };
  },
  'socat',
);

suite('serial MP3 module', test => {
  async function opened(context: TestContext, options: Mp3ModuleOptions = {}, answerTimeoutMs = neverMs) {
    const module = await createMp3ModulePort(options);
    context.after(module.close);
    const speaker = createMp3Module({
      ...{ name: 'speaker', audience: 'passenger', path: `tcp://127.0.0.1:${module.port}`, baudRate: 9600 },
      ...{ tracks, answerTimeoutMs },
    });
    context.after(() => speaker.close());
    const { events, ...said } = recordDevice();
    speaker.prepare(promptNames);
    speaker.open(events);
    const whole = (...ids: readonly string[]) =>
      until(`to hear ${ids}`, () => {
        const all = heardBy(module).filter(each => each.whole);
        return all.map(({ id }) => id).join() === ids.join();
      });
    const play = (id: string, times = 1, volumePercent = 100) => speaker.play({ id, times, volumePercent });
    return { ...said, module, speaker, play, whole };
  }

  test('one frame at a time, whatever is asked for meanwhile', async context => {
    const { module, readies, play } = await opened(context);
    await until('ready', () => readies() === 1);
    for (let i = 0; i < 40; i++) {
      play(promptNames[i % 3] ?? 'one', 1, (i * 7) % 101);
      await new Promise(resolve => setTimeout(resolve, i % 4));
    }
    // No other is as loud: on a busy machine, one before it may be heard whole.
    play('one', 1, 100);
    const last = await until('the last', () => {
      const heard = heardBy(module).at(-1);
      return heard?.volumePercent === 100 && heard.whole && heard;
    });
    assert.is(last.id, 'one');
    assert.is(module.lost, 0);
  });

  test('a module that tells twice that a track has ended repeats it as often as was asked', async context => {
    const { readies, play, whole } = await opened(context, { tellsTwice: true });
    await until('ready', () => readies() === 1);
    play('two', 3);
    await whole('two', 'two', 'two');
    play('one');
    await whole('two', 'two', 'two', 'one');
  });

  test('a repetition that another prompt cuts off does not come back', async context => {
    const { readies, play, whole, module } = await opened(context);
    await until('ready', () => readies() === 1);
    play('two', 3);
    await until('the first time', () => module.heard().some(each => each.whole));
    play('one');
    await whole('two', 'one');
    await new Promise(resolve => setTimeout(resolve, 700));
    assert.is(module.heard().length, 2);
  });

  test('a module that is busy is asked again, and says the prompt when it no longer is', async context => {
    const { module, readies, play, whole, faults } = await opened(context);
    await until('ready', () => readies() === 1);
    module.busy(true);
    play('one');
    await new Promise(resolve => setTimeout(resolve, 250));
    module.busy(false);
    await whole('one');
    assert.is(faults.length, 0);
  });

  test('one that stays busy is a fault', async context => {
    const { module, readies, faults } = await opened(context, {}, 400);
    await until('ready', () => readies() >= 1);
    module.busy(true);
    await until('the fault', () =>
      faults.some(({ message }) => message === 'the module says error 1 (busy)'),
    );
  });

  test('a track that is not on the memory card is a fault that names it, until it is played', async context => {
    let has = (track: number) => track !== 2;
    const { readies, play, whole, faults } = await opened(context, { has: track => has(track) });
    await until('ready', () => readies() === 1);
    play('two');
    await until('the fault', () => faults.length > 0);
    assert.is(faults[0]?.kind, 'hindered');
    assert.is(faults[0]?.message, 'lacks prompts: two (track 2 is not on its memory card)');
    play('one');
    await whole('one');
    assert.is(readies(), 1);
    has = () => true;
    play('two');
    await whole('one', 'two');
    await until('the end of the fault', () => readies() === 2);
    assert.is(faults.length, 1);
  });

  test('a memory card that is taken out is a fault, until it is put in again', async context => {
    const { module, readies, play, whole, faults } = await opened(context);
    await until('ready', () => readies() === 1);
    module.card(false);
    await until('the fault', () => faults.length > 0);
    assert.match(faults[0]?.message ?? '', /no memory card/);
    module.card(true);
    await until('ready again', () => readies() === 2);
    play('one');
    await whole('one');
  });

  test('a loose memory card that reports without end is told twice a second at most', async context => {
    const { module, readies, faults, play } = await opened(context);
    await until('ready', () => readies() === 1);
    const since = performance.now();
    for (let i = 0; i < 500; i++) {
      module.card(false);
      module.card(true);
      if (i % 50 === 0) await new Promise(resolve => setTimeout(resolve, 10));
    }
    // Not before the driver has read the last report.
    await until('a prompt', () => {
      play('one');
      return module.heard().length > 0;
    });
    const beats = 1 + (performance.now() - since) / 500;
    assert.ok(faults.length <= beats, `${faults.length} faults`);
  });

  test('a module that starts anew is told the volume again', async context => {
    const { module, readies, play, whole } = await opened(context);
    await until('ready', () => readies() === 1);
    play('one', 1, 20);
    await whole('one');
    module.restart();
    await until('a prompt as loud as before', async () => {
      const before = module.heard().length;
      play('two', 1, 20);
      await until('the prompt', () => module.heard().length > before);
      return module.heard().at(-1)?.volume === 6;
    });
  });

  test('noise and frames with a wrong sum are passed over', async context => {
    const { module, readies, play, whole, faults } = await opened(context);
    await until('ready', () => readies() === 1);
    const wrongSum = [0x7e, 0xff, 0x06, 0x3b, 0x00, 0x00, 0x02, 0xfe, 0xbd, 0xef];
    module.noise(Buffer.from([0x7e, 0x00, 0xff, 0x7e, 0xff, 0x06, ...wrongSum, 0x7e]));
    play('one');
    await whole('one');
    play('two');
    await whole('one', 'two');
    assert.is(faults.length, 0);
  });

  test('what was answered after an error is not asked again', async context => {
    const written: string[] = [];
    const exchange = createExchange(neverMs, {
      write: bytes => written.push(Buffer.from(bytes).toString('hex')),
      idle() {},
      failed() {},
    });
    context.after(exchange.stop);
    const asked = (value: number) => ({ code: 0x12, value, answer: 0x41, answered() {} });
    exchange.send(asked(7));
    exchange.take({ code: 0x40, value: 4 });
    exchange.take({ code: 0x41, value: 0 });
    exchange.send(asked(9));
    await new Promise(resolve => setTimeout(resolve, 250));
    assert.equal(written, ['7eff0612010007fee1ef', '7eff0612010009fedfef']);
  });

  test('frames are as the manual has them', () => {
    const hex = (code: number, value: number, isAnswered: boolean) =>
      encodeFrame({ code, value }, isAnswered).toString('hex');
    assert.is(hex(0x12, 1, false), '7eff0612000001fee8ef');
    assert.is(hex(0x06, 30, true), '7eff060601001efed6ef');
    assert.is(hex(0x42, 0, false), '7eff0642000000feb9ef');
  });
});
