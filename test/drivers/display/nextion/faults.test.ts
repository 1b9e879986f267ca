/** What the Nextion driver does when the display fails, is slow, or is not the right one. */
import { randomBytes } from 'node:crypto';
import * as assert from 'uvu/assert';
import { suite, until } from '../../../harness.ts';
import { screen, start } from './stand.ts';

/** For a display that is to be found mute. */
const strict = { answerTimeoutMs: 800 };

suite('Nextion that fails', test => {
  test('shows no notice any more when nobody feeds it, and is drawn on again by whoever comes', async context => {
    const { nextion, display, shows, log } = await start(context, strict);
    display.show(screen('请上车'));
    await shows('请上车');
    nextion.mute(true);
    await shows('暂停服务', 'Out of service');
    assert.is(nextion.light(), 'off');
    nextion.mute(false);
    await shows('请上车');
    await display.close();
    await shows('暂停服务');
    assert.not.ok(
      log.some(entry => entry.includes('refuses')),
      log.join(),
    );
  });

  test('is a fault without what the timer needs', async context => {
    const { log } = await start(context, { missing: ['fed'] });
    await until('the fault', () => log.some(entry => entry.includes('the display refuses fed.val=3 (0x1a)')));
  });

  for (const announces of [true, false]) {
    test(`is set up and drawn on again after a reset it ${announces ? 'tells' : 'does not tell'}`, async context => {
      const { nextion, display, log, shows } = await start(context, { announces });
      display.show(screen('请上车', 'two'));
      await shows('请上车');
      await until('the tone', () => nextion.beeps === 2);
      nextion.machine.powerOn();
      assert.equal(nextion.lines().join(''), '');
      await shows('请上车', 'Please board', '票价 1.00 元 Fare 1.00 yuan');
      await until('ready again', () => log.length === 3);
      const why = announces ? 'the display was reset' : 'the display has lost its screen';
      assert.equal(log, ['ready', `protocol: ${why}`, 'ready']);
      display.show(screen('请刷卡'));
      await shows('请刷卡');
      assert.is(nextion.beeps, 2, 'the tone is not heard again');
    });
  }

  test('is a fault, once, while it says nothing, and gets the newest screen when it is back', async context => {
    const { nextion, display, log, shows } = await start(context, strict);
    display.show(screen('请上车', 'one'));
    await until('the tone', () => nextion.beeps === 1);
    nextion.mute(true);
    await until('the fault', () => log.length === 2);
    display.show(screen('旧的', 'three'));
    display.show(screen('新的', 'long'));
    await new Promise(resolve => setTimeout(resolve, 1500));
    nextion.mute(false);
    await shows('新的');
    await until('ready again', () => log.length === 3);
    assert.equal(log, ['ready', 'timeout: the display does not answer', 'ready']);
    assert.equal(nextion.machine.sounds, ['one', 'long']);
  });

  test('is never ready while what comes from it is noise, as at the wrong baud rate', async context => {
    const { nextion, log } = await start(context, strict);
    nextion.mute(true);
    const babble = setInterval(() => nextion.noise(randomBytes(200)), 20);
    context.after(() => clearInterval(babble));
    await until('the fault', () => log.some(entry => entry.startsWith('timeout')));
    const told = log.length;
    await new Promise(resolve => setTimeout(resolve, 2000));
    assert.not.ok(log.slice(told).includes('ready'), log.join());
  });

  test('is drawn on in spite of noise and floods on its wire', async context => {
    const { nextion, display, log, shows } = await start(context, strict);
    await until('ready', () => log.includes('ready'));
    for (let i = 0; i < 20; i++) {
      nextion.noise(randomBytes(300));
      display.show(screen(`第${i}屏`));
      await new Promise(resolve => setTimeout(resolve, 10));
    }
    nextion.noise(Buffer.alloc(4 << 20, 0x65));
    nextion.noise(Buffer.alloc(1 << 20, 0xff));
    display.show(screen('请上车'));
    await shows('请上车', 'Please board');
    await until('ready in the end', () => log.at(-1) === 'ready');
  });

  test('is woken when it falls asleep, which is no fault', async context => {
    const { nextion, display, log, shows } = await start(context);
    display.show(screen('请上车', 'one'));
    await until('the tone', () => nextion.beeps === 1);
    nextion.machine.fallAsleep();
    assert.equal(nextion.lines(), []);
    await shows('请上车');
    await until('the light', () => nextion.light() === 'green');
    assert.equal([log, nextion.beeps], [['ready'], 1]);
  });

  test('that is asleep when it is plugged in is woken too', async context => {
    const { nextion, display, shows } = await start(context);
    display.show(screen('请上车'));
    await shows('请上车');
    nextion.unplug();
    nextion.machine.fallAsleep();
    await shows('请上车');
  });

  test('is called back to its page when it has gone to another', async context => {
    const { nextion, display, log, shows } = await start(context);
    display.show(screen('请上车'));
    await shows('请上车');
    await until('ready', () => log.includes('ready'));
    nextion.machine.goTo('other');
    await shows('请上车');
    await until('ready again', () => log.length === 3);
    assert.equal(log[1], 'protocol: the display has lost its screen');
  });

  test('with another project on it is a fault that names what is missing', async context => {
    for (const [missing, why] of [
      ['en', 'en.txt='],
      ['light', 'light.bco=0'],
      ['three', 'tsw three,1'],
    ] as const) {
      const { display, log } = await start(context, { missing: [missing] });
      display.show(screen('请上车'));
      await until('the fault', () => log.length > 0);
      await new Promise(resolve => setTimeout(resolve, 300));
      assert.is(log.length, 1, log.join());
      assert.ok(log[0]?.startsWith(`protocol: the display refuses ${why} (0x`), log[0]);
    }
  });
});

suite('Nextion that is slow', test => {
  test('shows the newest screen and drops those it has no time for', async context => {
    const { nextion, display, log, shows } = await start(context);
    await until('ready', () => log.includes('ready'));
    nextion.machine.setPace(20);
    const seen = new Set<string>();
    nextion.onChange(() => seen.add(nextion.lines()[0] ?? ''));
    for (let i = 0; i < 40; i++) {
      display.show(screen(`第${i}屏`, 'one'));
      await new Promise(resolve => setTimeout(resolve, 10));
    }
    await shows('第39屏');
    assert.ok(seen.size < 20, `${seen.size} screens drawn`);
    assert.equal([nextion.machine.refused, log], [[], ['ready']]);
  });

  test('is never overrun, however long the texts', async context => {
    const { nextion, display, log, shows } = await start(context, { encoding: 'utf-8' });
    await until('ready', () => log.includes('ready'));
    nextion.machine.setPace(15);
    const long = { zh: '码"\\'.repeat(300), en: '"\\ '.repeat(400) };
    display.show({ light: 'red', tone: 'none', headline: long, details: Array(20).fill(long) });
    await until('the light', () => nextion.light() === 'red');
    display.show(screen('请上车'));
    await shows('请上车');
    assert.equal([nextion.machine.refused, log], [[], ['ready']]);
  });

  test('at 9600 baud is drawn on without a fault, and shows the newest', async context => {
    const { nextion, display, log, shows } = await start(context, { baudRate: 9600 });
    const long = { zh: '未查询到健康码信息'.repeat(4), en: 'No health code found '.repeat(4) };
    for (let i = 0; i < 10; i++) {
      display.show({ ...screen(`第${i}屏`), headline: long, details: [long, long, long] });
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    display.show(screen('请上车'));
    await shows('请上车');
    await until('the light', () => nextion.light() === 'green');
    await new Promise(resolve => setTimeout(resolve, 1500)); // some heartbeats
    assert.equal([nextion.machine.refused, log], [[], ['ready']]);
  });
});
