import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { suite, until } from '../../harness.ts';
import { accessibilityOf, launch, needed, phone, visit } from '../backoffice/site/browser.ts';
import { startFakePanel } from './fake-panel.ts';
import { fakeScreens } from './fake-state.ts';

const laptop = { width: 1280, height: 800 };
const patienceMs = 240_000;
/** The words differ, the colours do not: all tabs in one language, the fullest in the other. */
const tabs = {
  en: ['in-hand', 'faults', 'cameras', 'office', 'console', 'steps', 'log'],
  'zh-CN': ['in-hand', 'faults'],
};

/** What does not fit: a page that is wider than its screen. */
const isTooWide = (page: Page) => page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');

suite('panel page by itself', test => {
  test.needing(
    needed,
    'axe finds nothing, by light and dark, in Chinese and English, in any tab',
    async context => {
      const panel = await startFakePanel();
      context.after(panel.close);
      const { page, complaints } = await visit(await launch(context), panel, {
        viewport: laptop,
        locale: 'en',
        // Colours are looked at, not on their way.
        reducedMotion: 'reduce',
      });
      await page.goto('/');
      await page.waitForSelector('.validator');
      page.setDefaultTimeout(patienceMs);
      const found: string[] = [];
      for (const language of ['en', 'zh-CN'] as const) {
        assert.is(await page.getAttribute('html', 'lang'), language);
        await page.waitForSelector('.validator');
        found.push(...(await accessibilityOf(page, `${language}, whole`)));
        for (const tab of tabs[language]) {
          await page.click(tab === 'in-hand' ? '#passenger-zhu-phone' : '#passenger-wang');
          await page.click(`#tab-${tab}`);
          await page.waitForSelector(`#panel-${tab}`);
          found.push(...(await accessibilityOf(page, `${language}, ${tab}`, `#panel-${tab}`)));
        }
        await page.click('.switches button:last-child');
      }
      assert.equal(found, []);
      assert.equal(
        complaints.filter(text => !text.startsWith('blob:') && !text.includes('WebSocket')),
        [],
      );
    },
    patienceMs,
  );

  test.needing(
    needed,
    'away and back, choices kept over a reload, a phone’s screen, commands that are not there yet',
    async context => {
      const first = await startFakePanel();
      const port = Number(new URL(first.url).port);
      const browser = await launch(context);
      const { page } = await visit(browser, first, { viewport: laptop, locale: 'zh-CN' });
      await page.goto('/');
      await page.click('text=English');
      await page.click('#tab-faults');
      assert.ok(await page.isDisabled('button[title^="source slow"]'), 'not in the vocabulary');
      assert.not(await page.isDisabled('button[title="network off"]'));

      await first.close();
      await page.waitForSelector('.away');
      const second = await startFakePanel(port);
      context.after(second.close);
      await page.waitForSelector('.away', { state: 'detached' });
      const { front, rear } = second.state.validators;
      second.change({ validators: { front: { ...front, passenger: fakeScreens.abnormal }, rear } });
      await page.waitForSelector('.validator >> nth=0 >> text=健康码异常');

      await page.reload();
      await page.waitForSelector('.validator');
      assert.is(await page.innerText('h1'), '2 Validator bench');
      assert.is(await page.getAttribute('#tab-faults', 'aria-selected'), 'true');
      assert.not(await isTooWide(page));
      await page.setViewportSize(phone);
      assert.not(await isTooWide(page));
    },
    patienceMs,
  );

  test.needing(
    needed,
    'with the keyboard only; letters are text where one types',
    async context => {
      const panel = await startFakePanel();
      context.after(panel.close);
      const { page } = await visit(await launch(context), panel, { viewport: laptop });
      await page.goto('/');
      await page.waitForSelector('.validator');
      const did = (line: string) => until(line, () => panel.lines.at(-1) === line);
      await page.keyboard.press('a');
      await did('tap front wang');
      await page.keyboard.press('J');
      await did('show rear zhu-phone');
      await page.focus('#passenger-zhu-phone');
      await page.keyboard.press('ArrowDown');
      assert.is(await page.getAttribute('#passenger-qin-old-code', 'aria-pressed'), 'true');
      await page.keyboard.press(':');
      await page.keyboard.type('tap rear zhao');
      await page.keyboard.press('Tab');
      assert.is(await page.inputValue('#command-line'), 'tap rear zhao-senior ');
      await page.keyboard.type('sl');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await did('tap rear zhao-senior slow');
      await page.click('kbd >> text=a–z');
      await page.keyboard.press('b');
      await page.focus('#tab-in-hand');
      await page.keyboard.press('ArrowRight');
      assert.is(await page.getAttribute('#tab-faults', 'aria-selected'), 'true');
      assert.is(panel.lines.length, 3, 'letter keys are switched off');
    },
    patienceMs,
  );
});
