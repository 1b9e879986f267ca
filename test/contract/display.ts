/** What every display must do, whatever its wire, seen through a terminal emulator at the wire's far end. */
import * as assert from 'uvu/assert';
import type { Light, Screen, Tone } from '../../device/core/notice.ts';
import type { Display } from '../../device/ports.ts';
import { type Requirement, suite, type TestContext, until } from '../harness.ts';

/** What a person before the display sees and hears. */
export interface View {
  lines(): string[];
  light(): Light;
  readonly beeps: number;
}

export interface DisplayFixture {
  readonly display: Display;
  readonly view: View;
  /** Breaks the wire and mends it; absent where the wire cannot break. */
  interrupt?(): Promise<void>;
  close(): Promise<void>;
}

const welcome: Screen = {
  light: 'green',
  tone: 'one',
  headline: { zh: '请上车', en: 'Welcome aboard' },
  details: [{ zh: '余额 12.30 元', en: 'Balance 12.30 yuan' }],
};
const askCrew: Screen = {
  light: 'red',
  tone: 'three',
  headline: { zh: '请联系司乘人员', en: 'Please see the crew' },
  details: [],
};

type CreateFixture = (context: TestContext) => Promise<DisplayFixture>;

/** @param needed without which no fixture can be made */
export function displayContract(name: string, createFixture: CreateFixture, needed?: Requirement): void {
  suite(`display contract: ${name}`, suiteTest => {
    const test = (title: string, body: (context: TestContext) => unknown) =>
      needed === undefined ? suiteTest(title, body) : suiteTest.needing(needed, title, body);

    test('shows the headline and the details in Chinese and English', async context => {
      const { display, view } = await start(context, createFixture);
      display.show(welcome);
      await untilShown(view, '请上车', 'Welcome aboard', '余额 12.30 元', 'Balance 12.30 yuan');
    });

    test('replaces a screen wholly by the next', async context => {
      const { display, view } = await start(context, createFixture);
      display.show(welcome);
      await untilShown(view, '请上车');
      display.show(askCrew);
      await untilShown(view, '请联系司乘人员', 'Please see the crew');
      const text = view.lines().join('\n');
      for (const old of ['请上车', 'Welcome', '余额', 'Balance']) assert.not.ok(text.includes(old), old);
    });

    const lights: Light[] = ['green', 'amber', 'red', 'off'];
    for (const light of lights) {
      test(`shows the light: ${light}`, async context => {
        const { display, view } = await start(context, createFixture);
        display.show({ ...askCrew, light: light === 'off' ? 'green' : 'off' });
        display.show({ ...welcome, light });
        await untilShown(view, '请上车');
        await until('the light', () => view.light() === light);
      });
    }

    const beeps: [Tone, number][] = [
      ['none', 0],
      ['one', 1],
      ['two', 2],
      ['three', 3],
      ['short', 1],
      ['long', 1],
    ];
    for (const [tone, count] of beeps) {
      test(`sounds the tone: ${tone}`, async context => {
        const { display, view } = await start(context, createFixture);
        display.show({ ...welcome, tone });
        await untilShown(view, '请上车');
        display.show({ ...askCrew, tone: 'none' });
        await untilShown(view, '请联系司乘人员');
        assert.is(view.beeps, count);
      });
    }

    test('keeps long texts whole', async context => {
      const { display, view } = await start(context, createFixture);
      const zh = '未查询到健康码信息请出示健康宝'.repeat(3);
      const en = 'No linked health code was found for this medium, please show your Health Kit';
      display.show({ ...welcome, headline: { zh: '请出示健康宝', en }, details: [{ zh, en }] });
      await untilShown(view, '请出示健康宝');
      const text = view
        .lines()
        .join(' ')
        .replace(/[│┌┐└┘─♪]/g, '');
      assert.ok(text.replace(/\s/g, '').includes(zh));
      assert.is(text.replace(/\s+/g, ' ').split(en).length - 1, 2);
    });

    test('lets nothing in a text control the terminal', async context => {
      const { display, view } = await start(context, createFixture);
      display.show({
        ...welcome,
        tone: 'none',
        headline: { zh: '\u001b[2J请\u0007上车\r\n', en: '\u009b41mWelcome' },
      });
      await untilShown(view, '[2J请', '41mWelcome');
      await until('the light', () => view.light() === 'green');
      assert.is(view.beeps, 0);
    });

    test('draws the screen again when a broken wire is mended', async context => {
      const { display, view, fixture, log } = await start(context, createFixture);
      if (fixture.interrupt === undefined) return;
      display.show(welcome);
      await untilShown(view, '请上车');
      await fixture.interrupt();
      await until('ready again', () => log.length === 3);
      await untilShown(view, '请上车', 'Welcome aboard');
      display.show(askCrew);
      await untilShown(view, '请联系司乘人员');
      assert.equal(log, ['ready', 'fault disconnected', 'ready']);
    });

    test('closes promptly, again and again, and keeps no handle', async context => {
      const before = handleCount();
      const { display, view, fixture } = await start(context, createFixture);
      display.show(welcome);
      await untilShown(view, '请上车');
      let closed = false;
      void display.close().then(() => {
        closed = true;
      });
      await until('the end', () => closed, 500);
      await display.close();
      display.show(askCrew);
      await fixture.close();
      await until('no handle left', () => handleCount() <= before);
    });

    test('can be closed without ever having been opened, and right after', async context => {
      const { after } = context;
      const fixture = await createFixture(context);
      after(() => fixture.close());
      await fixture.display.close();
      const other = await createFixture(context);
      after(() => other.close());
      other.display.open({ ready: () => {}, fault: () => {} });
      await other.display.close();
    });
  });
}

async function start(context: TestContext, createFixture: CreateFixture) {
  const { after } = context;
  const fixture = await createFixture(context);
  const { display, view } = fixture;
  after(() => fixture.close());
  after(() => display.close());
  const log: string[] = [];
  display.open({ ready: () => log.push('ready'), fault: error => log.push(`fault ${error.kind}`) });
  await until('the display to be ready', () => log.includes('ready'));
  return { display, view, fixture, log };
}

function untilShown(view: View, ...texts: string[]): Promise<unknown> {
  return until(`${texts.join(', ')} on the screen`, () => {
    const shown = view.lines().join('\n');
    return texts.every(text => shown.includes(text));
  });
}

function handleCount(): number {
  return process.getActiveResourcesInfo().filter(resource => /^(TCP|Pipe|FSReq|TTY)/.test(resource)).length;
}
