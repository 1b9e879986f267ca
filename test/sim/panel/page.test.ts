import * as assert from 'uvu/assert';
import { suite, until } from '../../harness.ts';
import { accessibilityOf, needed, phone, sharedBrowser, visit } from '../backoffice/site/browser.ts';
import { startFakePanel } from './fake-panel.ts';
import { fakeScreens, fullValidators } from './fake-state.ts';
import { cutOff, isTooWide, laptop, openPanel } from './open-panel.ts';

/** The words differ, the colours do not: all tabs in one language, the fullest in the other. */
const tabs = {
  en: ['in-hand', 'faults', 'cameras', 'office', 'console', 'steps', 'log'],
  'zh-CN': ['in-hand', 'faults'],
};

suite('panel page by itself', test => {
  const browse = sharedBrowser(test);

  test.needing(
    needed,
    'axe finds nothing, by light and dark, in Chinese and English, in any tab',
    async context => {
      // Colours are looked at, not on their way.
      const { page, complaints } = await openPanel(context, browse(context), {
        locale: 'en',
      });
      const found: string[] = [];
      for (const language of ['en', 'zh-CN'] as const) {
        await page.waitForSelector(`html[lang="${language}"]`);
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
  );

  test.needing(
    needed,
    'away and back, choices kept over a reload, a phone’s screen, commands that are not there yet',
    async context => {
      const first = await startFakePanel();
      const port = Number(new URL(first.url).port);
      const browser = await browse(context);
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
  );

  test.needing(
    needed,
    'on a small laptop all counts of both doors are in sight, however much the screens say',
    async context => {
      const { panel, page } = await openPanel(context, browse(context), { locale: 'zh-CN' });
      assert.equal(await page.locator('.validator').evaluateAll(cutOff), [], 'as a day begins');
      panel.change({ validators: fullValidators });
      await page.waitForSelector('.last-tap >> text=无法核验 cannot-verify · 本机时间有误 clock');
      const rows = ['全部', '通过 pass', '异常 abnormal', '未查询到 not-found', '无法核验 cannot-verify'];
      assert.equal((await page.locator('.journals tbody th').allInnerTexts()).slice(0, 5), rows);
      for (const language of ['en', 'zh-CN']) {
        const counts = page.locator('.journals td');
        assert.equal(
          await counts.allInnerTexts(),
          Array.from({ length: 20 }, (_, cell) => String(900 + (cell >> 1))),
        );
        assert.equal(await page.locator('.journals :is(th, td)').evaluateAll(cutOff), []);
        await page.click('.switches button:last-child');
        await page.waitForSelector(`html[lang=${language}]`);
      }
    },
  );

  test.needing(needed, 'a button that copies puts it on the clipboard', async context => {
    const permissions = ['clipboard-read', 'clipboard-write'];
    const { panel, page } = await openPanel(context, browse(context), { locale: 'en', permissions });
    await page.click('#passenger-wang');
    const copies = async (what: string, text: string | undefined) => {
      await page.click(`[aria-label="Copy: ${what}"]`);
      const read = () => page.evaluate<string>('navigator.clipboard.readText()');
      await until(`"${text}" is on the clipboard`, async () => (await read()) === text);
    };
    const { passengers, validators } = panel.state;
    await page.click('#tab-office');
    await copies('Name', passengers[0]?.name);
    await page.waitForSelector('.copy.is-done[aria-label="Copied"]');
    await copies('Phone number', passengers[0]?.phone);
    await page.click('#tab-console');
    const { consoleCommand } = validators.front;
    await copies(consoleCommand, consoleCommand);
    await page.keyboard.press('a');
    await page.keyboard.press('B');
    await page.click('#tab-steps');
    await copies('tap front wang', 'tap front wang');
    await copies('all of it', 'tap front wang\ntap rear li-student');
    await page.click('text=Scenario YAML');
    await copies('tap rear li-student', '- tap: rear li-student\n');
  });

  test.needing(needed, 'with the keyboard only; letters are text where one types', async context => {
    const { panel, page } = await openPanel(context, browse(context), {});
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
  });
});
