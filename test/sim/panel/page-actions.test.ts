import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { renderFrame } from '../../../sim/media/frame.ts';
import { writePng } from '../../../sim/media/png.ts';
import type { CommandDone } from '../../../sim/panel/protocol.ts';
import { suite, telling, until } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { launch, needed, visit } from '../backoffice/site/browser.ts';
import { startPanelBus } from './panel-bus.ts';

const laptop = { width: 1280, height: 800 };
/** Some forty commands, each seen on the page. */
const patienceMs = 900_000;
const fakeCamera = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

/** What a tester does on the page, and the command that it is, in this order. */
type Action = readonly [command: string, act: (page: Page) => Promise<unknown>];
const click = (selector: string) => (page: Page) => page.click(selector);
const choose = (selector: string, option: string) => (page: Page) => page.selectOption(selector, option);
const press = (key: string) => (page: Page) => page.keyboard.press(key);
const inTab =
  (tab: string, act: Action[1]): Action[1] =>
  async page => {
    await page.click(`#tab-${tab}`);
    await act(page);
  };
const titled = (command: string): Action => [command, click(`.tab-content button[title="${command}"]`)];
const drag = (from: string, to: string) => (page: Page) => page.dragAndDrop(from, to);
const target = (post: string, way: string) => `.target[aria-label="${way}, ${post}"]`;

const presenting: readonly Action[] = [
  ['tap front wang', press('a')],
  ['tap rear zhou-red', press('B')],
  ['tap rear wang', drag('#passenger-wang', target('Rear door', 'Reader'))],
  ['show front zhu-phone', drag('#passenger-zhu-phone', target('Front door', 'Camera'))],
  ['scan rear zhu-phone', click(target('Rear door', 'Scanner'))],
  [
    'show rear zhu-phone rotationDeg=90',
    async page => {
      await page.fill('.sliders label:has-text("Rotation") input', '90');
      await page.click('.present button >> nth=1');
    },
  ],
  [
    'tap front zhou-red leaves-half-way',
    async page => {
      await page.click('#passenger-zhou-red');
      await page.selectOption('.in-hand select >> nth=1', 'leaves-half-way');
      await page.click('.present button >> nth=0');
    },
  ],
  ['health zhou-red green', choose('.in-hand select >> nth=0', 'green')],
  ['explain front zhou-red', click('text=Explain on the console')],
];

const around: readonly Action[] = [
  ['gnss rear stop 2-03', click('text=Shazikou')],
  ['gnss rear drive', click('.drive')],
  ['door both open', click('.line button[title="door both open"]')],
  ['door both close', click('.line button[title="door both close"]')],
  ['phase trial', click('.top button[title="phase trial"]')],
  ['network off', inTab('faults', titled('network off')[1])],
  titled('network on'),
  titled('data stale'),
  titled('data fresh'),
  titled('source failing'),
  titled('source ok'),
  titled('unplug front scanner out'),
  titled('unplug front scanner in'),
  titled('unplug rear gnss out'),
  titled('unplug rear gnss in'),
  titled('freeze front on'),
  titled('freeze front off'),
  ['gnss front silent', choose('select[aria-label="GNSS, Front door"]', 'silent')],
  ['clock front 3600', click('button[title="clock front 3600"]')],
  titled('clock front ok'),
  titled('disk rear full'),
  titled('disk rear ok'),
  titled('reader front out'),
  titled('reader front in'),
  titled('power rear'),
  ['publish', inTab('office', titled('publish')[1])],
  titled('withdraw zhou-red'),
  titled('register zhou-red'),
  titled('inbox zhou-red'),
  ['record start', inTab('steps', titled('record start')[1])],
  [
    'tap front wang',
    async page => {
      await page.fill('#command-line', 'tap front wa');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
    },
  ],
  titled('record stop'),
];

/** The frame follows the panel's language until somebody has begun in it. */
async function siteKeepsWhatWasBegun(page: Page): Promise<void> {
  const site = page.frameLocator('iframe');
  const switchLanguage = click('.switches button:last-child');
  await site.locator('html[lang=en] h1').waitFor();
  await switchLanguage(page);
  await site.locator('html[lang=zh-CN] h1').waitFor();
  // By key: a bus that drives on draws the panel anew at any moment, and a click may meet what has just moved.
  await site.locator('[href="/register"]').press('Enter');
  const shown = () => `the frames show ${page.frames().map(frame => frame.url())}`;
  await telling(shown, () => site.locator('[name=name]').fill('朱琳'));
  await switchLanguage(page);
  await page.waitForSelector('html[lang=en]');
  assert.is(await site.locator('html').getAttribute('lang'), 'zh-CN');
  assert.is(await site.locator('[name=name]').inputValue(), '朱琳');
  await page.click('text=Start again');
  await site.locator('html[lang=en] h1').waitFor();
}

/** A picture of a phone's code, as it is dragged here from a folder. */
async function dropCode(page: Page, place: string): Promise<void> {
  const dataTransfer = await page.evaluateHandle<DataTransfer>(`(async () => {
    const picture = await (await fetch('/api/codes/zhu-phone.png?codeHeight=0.8')).blob();
    const dropped = new DataTransfer();
    dropped.items.add(new File([picture], 'code.png', { type: 'image/png' }));
    return dropped;
  })()`);
  for (const type of ['dragover', 'drop']) await page.dispatchEvent(place, type, { dataTransfer });
}

const isPass = ({ outcome }: CommandDone) => 'verdict' in outcome && outcome.verdict === 'pass';
const doorOf = ({ line }: CommandDone) => line.split(' ')[1];

suite('panel page on a real bus', test => {
  test.needing(
    needed,
    'each action once, a second browser with the same state, pictures, console',
    async context => {
      const { client, panel, close } = await startPanelBus();
      context.after(close);
      // To ask for the whole state at each look took a fifth of the test's processor time.
      const seen = await client.openEvents();
      context.after(seen.close);
      const browser = await launch(context, fakeCamera);
      const options = { viewport: laptop, locale: 'en', permissions: ['camera'] };
      const { page, complaints } = await visit(browser, panel, options);
      await page.goto('/');
      await page.waitForSelector('.validator');
      const { page: second } = await visit(browser, panel, { viewport: laptop, locale: 'zh-CN' });
      await second.goto('/');
      await second.click('#tab-steps');

      const outcomes = new Map<string, Readonly<Record<string, unknown>>>();
      const carryOut = async (actions: readonly Action[]) => {
        for (const [line, act] of actions) {
          const before = seen.state.commands.at(-1)?.id ?? 0;
          await act(page);
          const isIt = (done: CommandDone) => done.id > before && done.line === line;
          const done = await until(line, () => seen.state.commands.find(isIt));
          outcomes.set(line, done.outcome);
        }
      };

      await carryOut(presenting);
      assert.is(outcomes.get('tap front wang')?.verdict, 'pass');
      assert.is(outcomes.get('tap rear zhou-red')?.verdict, 'abnormal');
      assert.is(outcomes.get('tap front zhou-red leaves-half-way')?.event, 'card-lost');
      await second.waitForSelector('.steps code >> text=health zhou-red green');
      await second.waitForSelector('#passenger-zhou-red >> text=绿码');

      await carryOut(around);
      const refused = [...outcomes].filter(([, outcome]) => outcome.event === 'error');
      // A reader can be pulled where the readers are on PC/SC.
      assert.equal(
        refused.map(([line]) => line),
        ['reader front out', 'reader front in'],
      );
      assert.is(await second.getAttribute('.top button[title="phase trial"]', 'aria-pressed'), 'true');
      assert.match(await (await page.request.get('/api/recording.yaml')).text(), 'tap: front wang');

      await page.click('#tab-office');
      await page.click('text=Open the registration site');
      await siteKeepsWhatWasBegun(page);

      const before = seen.state.commands.at(-1)?.id ?? 0;
      await dropCode(page, target('Front door', 'Camera'));
      await page.click('#tab-cameras');
      await dropCode(page, '.camera:has-text("Rear door") .view');
      await until('both codes are read', () => {
        const dropped = seen.state.commands.filter(({ id }) => id > before);
        return (
          dropped.length === 2 && dropped.every(isPass) && dropped.map(doorOf).sort().join() === 'front,rear'
        );
      });

      const file = join(temporaryDirectory(context), 'picture.png');
      writeFileSync(file, writePng(renderFrame([])));
      const isHeld = ({ id, line }: CommandDone) => id > before + 2 && line.startsWith('picture front');
      const pictures = () => seen.state.commands.filter(isHeld).length;
      await page.setInputFiles('.camera input >> nth=0', file);
      await until('the picture is held', () => pictures() === 1);
      await page.click("text=Use this computer's camera >> nth=0");
      await until('the webcam is held', () => pictures() >= 3);
      await page.click("text=Use this computer's camera >> nth=0");

      await page.click('#tab-console');
      await page.waitForSelector('.terminal >> text=bus-1-front>');
      await page.click('.terminal');
      await page.keyboard.type('help\r');
      await page.waitForSelector('.terminal >> text=script');

      await page.click('#tab-log');
      await page.fill('[type=search]', 'part-fault');
      const rows = await page.locator('.log li').allInnerTexts();
      assert.ok(rows.length > 0 && rows.every(row => row.includes('part-fault')));
      assert.equal(
        complaints.filter(text => !text.startsWith('blob:') && !text.includes(':')),
        [],
      );
    },
    patienceMs,
  );
});
