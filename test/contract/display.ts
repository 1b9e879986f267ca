/** What every display must do, whatever its wire: seen by a `view`, whatever emulates the device at the wire's far end. */
import * as assert from 'uvu/assert';
import type { Light, Screen, Tone } from '../../device/core/screen.ts';
import type { Display } from '../../device/ports.ts';
import { cleanups, suite, type TestContext, until } from '../harness.ts';
import type { Requirement } from '../left-out.ts';

/** What a person before the display sees and hears. */
export interface View {
  lines(): string[];
  light(): Light;
  /** What stands in the light, where the device has room for text there. */
  sign?(): string;
  /** Since the start; a getter, so do not spread the view. */
  readonly beeps: number;
}

export interface DisplayFixture {
  readonly display: Display;
  readonly view: View;
  /** Breaks the wire and mends it. */
  interrupt?(): Promise<void>;
}

/** What an implementation needs, and what its wire cannot show of this contract. */
export interface DisplayTerms {
  readonly needs?: Requirement;
  /** Why the wire cannot be broken and mended: printed with the results. */
  readonly cannotInterrupt?: string;
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

/** Clean-ups are registered with the context; the contract closes the display. */
type MakeFixture = (context: TestContext) => Promise<DisplayFixture>;

export function testDisplay(name: string, makeFixture: MakeFixture, terms: DisplayTerms = {}): void {
  const { needs, cannotInterrupt } = terms;
  suite(`display: ${name}`, suiteTest => {
    const test = (title: string, body: (context: TestContext) => unknown) =>
      needs === undefined ? suiteTest(title, body) : suiteTest.needing(needs, title, body);

    test('shows the headline and the details in Chinese and English', async context => {
      const { display, view } = await start(context);
      display.show(welcome);
      await untilShown(view, '请上车', 'Welcome aboard', '余额 12.30 元', 'Balance 12.30 yuan');
    });

    test('replaces a screen wholly by the next', async context => {
      const { display, view } = await start(context);
      display.show(welcome);
      await untilShown(view, '请上车');
      display.show(askCrew);
      await untilShown(view, '请联系司乘人员', 'Please see the crew');
      const old = ['请上车', 'Welcome', '余额', 'Balance'];
      await untilSeen(view, 'nothing of the old screen', text => !old.some(part => text.includes(part)));
    });

    test('shows what came before it was opened', async context => {
      const { display, view } = await makeFixture(context);
      context.after(() => display.close());
      display.show(welcome);
      display.open({ ready: () => {}, fault: () => {} });
      await untilShown(view, '请上车');
    });

    const lights: Light[] = ['green', 'amber', 'red', 'off'];
    for (const light of lights) {
      test(`shows the light: ${light}`, async context => {
        const { display, view } = await start(context);
        display.show({ ...askCrew, light: light === 'off' ? 'green' : 'off' });
        display.show({ ...welcome, light });
        await untilShown(view, '请上车');
        await untilSeen(view, `the light ${light}`, () => view.light() === light);
      });
    }

    test('tells the lights apart for those who see no colours', async context => {
      const { display, view } = await start(context);
      const seen = new Set<string>();
      for (const light of lights) {
        display.show({ ...welcome, light });
        await untilSeen(
          view,
          `the light ${light}`,
          text => view.light() === light && text.includes('请上车'),
        );
        seen.add([view.sign?.(), view.lines().find(line => line.includes('请上车'))].join());
      }
      assert.is(seen.size, lights.length, [...seen].join('\n'));
    });

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
        const { display, view } = await start(context);
        display.show({ ...welcome, tone });
        await untilShown(view, '请上车');
        await untilSeen(view, `${count} beeps`, () => view.beeps === count);
        display.show({ ...askCrew, tone: 'none' });
        await untilShown(view, '请联系司乘人员');
        assert.is(view.beeps, count);
      });
    }

    test('keeps long texts whole', async context => {
      const { display, view } = await start(context);
      const zh = '未查询到健康码信息请出示健康宝'.repeat(3);
      const en = 'No linked health code was found for this medium, please show your Health Kit';
      display.show({ ...welcome, headline: { zh: '请出示健康宝', en }, details: [{ zh, en }] });
      await untilShown(view, '请出示健康宝');
      await untilSeen(view, 'both texts whole, twice in English', framed => {
        const text = framed.replace(/[│┌┐└┘─♪]/g, '');
        return text.replace(/\s/g, '').includes(zh) && text.replace(/\s+/g, ' ').split(en).length - 1 === 2;
      });
    });

    test('lets nothing in a text control the display', async context => {
      const { display, view } = await start(context);
      display.show({
        ...welcome,
        tone: 'none',
        headline: { zh: '\u001b[2J请\u0007上车\r\n', en: '\u009b41mWelcome' },
      });
      await untilShown(view, '[2J请', '41mWelcome');
      await untilSeen(view, 'the light green', () => view.light() === 'green');
      assert.is(view.beeps, 0);
    });

    const mended = 'draws the screen again when a broken wire is mended';
    const testInterrupted = async (context: TestContext) => {
      const { display, view, interrupt, log } = await start(context);
      display.show(welcome);
      await untilShown(view, '请上车');
      if (interrupt === undefined) assert.unreachable('the fixture can neither interrupt nor says why');
      await interrupt?.();
      await until('ready again', () => log.filter(told => told === 'ready').length === 2);
      await untilShown(view, '请上车', 'Welcome aboard');
      display.show(askCrew);
      await untilShown(view, '请联系司乘人员');
      const [first, ...faults] = log;
      assert.equal([first, faults.pop()], ['ready', 'ready']);
      // While the wire is away it may tell of the same fault in newer words.
      assert.equal([...new Set(faults)], ['fault disconnected']);
    };
    if (cannotInterrupt === undefined) test(mended, testInterrupted);
    else process.stdout.write(`\nnot shown over ${name}: ${mended}: ${cannotInterrupt}\n`);

    test('shows the last screen, although it is closed at once', async context => {
      const { display, view } = await start(context);
      display.show(welcome);
      await untilShown(view, '请上车');
      display.show(askCrew);
      await display.close();
      await untilShown(view, '请联系司乘人员', 'Please see the crew');
      await untilSeen(view, 'the light red', () => view.light() === 'red');
    });

    test('closes, again and again, says nothing more, and keeps no handle', async () => {
      const before = handleCount();
      const { after, cleanUp } = cleanups();
      const { display, view, log } = await start({ after });
      display.show(welcome);
      await untilShown(view, '请上车');
      await display.close();
      await display.close();
      display.show(askCrew);
      await cleanUp();
      await until('no handle left', () => handleCount() <= before);
      assert.equal(log, ['ready']);
    });

    test('can be closed without ever having been opened, and right after', async context => {
      const fixture = await makeFixture(context);
      await fixture.display.close();
      const other = await makeFixture(context);
      other.display.open({ ready: () => {}, fault: () => {} });
      await other.display.close();
    });

    async function start(context: TestContext) {
      const { display, view, interrupt } = await makeFixture(context);
      context.after(() => display.close());
      const log: string[] = [];
      display.open({ ready: () => log.push('ready'), fault: error => log.push(`fault ${error.kind}`) });
      await until('the display to be ready', () => log.includes('ready'));
      return { display, view, interrupt, log };
    }
  });
}

function untilShown(view: View, ...texts: string[]): Promise<void> {
  return untilSeen(view, texts.join(', '), shown => texts.every(text => shown.includes(text)));
}

/** Fails with what is seen instead. @param condition of the lines */
async function untilSeen(view: View, what: string, condition: (shown: string) => boolean): Promise<void> {
  const shown = () => view.lines().join('\n');
  try {
    await until(what, () => condition(shown()));
  } catch (error) {
    const seen = `light ${view.light()}, ${view.beeps} beeps\n${shown()}`;
    throw error instanceof Error ? new Error(`${error.message}; seen: ${seen}`, { cause: error }) : error;
  }
}

function handleCount(): number {
  return process.getActiveResourcesInfo().filter(resource => /^(TCP|Pipe|FSReq|TTY)/.test(resource)).length;
}
