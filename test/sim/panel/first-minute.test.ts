/** The panel's first minute, as a tester has it who has never seen it. */
import * as assert from 'uvu/assert';
import { suite, until } from '../../harness.ts';
import { accessibilityOf, needed, sharedBrowser } from '../backoffice/site/browser.ts';
import { fullValidators } from './fake-state.ts';
import { cutOff, openPanel } from './open-panel.ts';

const chinese = { locale: 'zh-CN' } as const;
const english = { locale: 'en' } as const;

suite("the panel's first minute", test => {
  const browse = sharedBrowser(test);

  test.needing(needed, 'the empty column tells what to do, and does the first of it', async context => {
    const { panel, page } = await openPanel(context, browse(context), chinese);
    const told = await page.innerText('.first-steps');
    for (const words of ['a 王建国 在前门刷卡', '大写在后门', '拖到', '读卡器', 'help'])
      assert.match(told, words);
    await page.click('[aria-label="字母键 a–z"]');
    await page.waitForSelector('.first-steps >> text=右上角的 a–z 打开后');
    await page.click('.first-steps .primary');
    await until('the first tap', () => panel.lines.at(-1) === 'tap front wang');
    await page.waitForSelector('.in-hand >> text=王建国');
    assert.is(await page.getAttribute('#passenger-wang', 'aria-pressed'), 'true');
  });

  test.needing(needed, 'the crew confirms on their screen', async context => {
    const { panel, page } = await openPanel(context, browse(context), chinese);
    await page.click('[aria-label="已查验, 后门"]');
    await until('it is confirmed', () => panel.lines.at(-1) === 'confirm rear');
  });

  test.needing(needed, 'a list of any length goes on, and who is in hand is in sight', async context => {
    const { panel, page } = await openPanel(context, browse(context), chinese);
    await page.waitForSelector('.more-below >> text=/↓ \\d+ 位在下面/');
    await page.keyboard.press('r');
    await page.waitForSelector('.more-below', { state: 'detached' });
    assert.equal(await page.locator('[aria-pressed=true][id^=passenger]').evaluateAll(cutOff), []);
    const [first] = panel.state.passengers;
    assert.ok(first !== undefined);
    const hostile = '<img src=x onerror="document.title=1">';
    const passengers = Array.from({ length: 1000 }, (_, i) => ({ ...first, id: `p${i}`, name: hostile }));
    panel.change({ passengers });
    await page.waitForSelector('.passengers h2 >> text=1000');
    await page.keyboard.press('z');
    await until('it is presented', () => panel.lines.at(-1) === 'tap front p24');
    assert.equal(await page.locator('#passenger-p24').evaluateAll(cutOff), []);
    assert.is(await page.innerText('#passenger-p24 .name'), hostile);
    assert.is(await page.locator('img[src=x]').count(), 0);
  });

  test.needing(needed, 'what is under way is seen at once, its end when it comes', async context => {
    const { panel, page } = await openPanel(context, browse(context), chinese);
    panel.answer('tap front wang', { event: 'tap', verdict: 'abnormal', status: 'red' });
    const release = panel.hold();
    await page.keyboard.press('a');
    await page.waitForSelector('.outcome >> text=tap front wang 正在执行…');
    await page.waitForSelector('.target.busy[aria-label="读卡器, 前门"]');
    await page.keyboard.press('B');
    await page.waitForSelector('.outcome >> text=tap rear li-student 正在执行… +1');
    release();
    await page.waitForSelector('.under-way', { state: 'detached' });
    panel.change({ underWay: ['power rear'] });
    await page.waitForSelector('.outcome >> text=power rear 正在执行…');
    await page.keyboard.press('a');
    await page.waitForSelector('.outcome >> text=异常 abnormal · 红码 red');
    await panel.close();
    await page.waitForSelector('.under-way', { state: 'detached' });
    await page.keyboard.press('a');
    await page.waitForSelector('.outcome >> text=模拟器没有应答');
  });

  test.needing(needed, 'long answers are whole; Esc leaves the field, ↑ brings back', async context => {
    const { panel, page } = await openPanel(context, browse(context), chinese);
    const text = Array.from({ length: 400 }, (_, i) => `${i}: <b>核验</b> ${'x'.repeat(i % 200)}`).join('\n');
    panel.answer('console front explain', { event: 'console', validator: 'front', text });
    const type = async (line: string) => {
      await page.keyboard.press(':');
      await page.keyboard.type(line);
      await page.keyboard.press('Enter');
    };
    await type('console front explain');
    await page.waitForSelector('.answer');
    assert.is(await page.locator('.answer pre').textContent(), text);
    await page.waitForSelector('.outcome >> text=前门：维护串口答复 400 行');
    assert.equal(await accessibilityOf(page, 'an answer', '.answer'), []);
    assert.ok(await page.evaluate('document.querySelector(".answer").getBoundingClientRect().top > 0'));
    await page.keyboard.press('Escape');
    await page.waitForSelector('.answer', { state: 'detached' });
    await page.keyboard.press('a');
    await until('a letter is a key again', () => panel.lines.at(-1) === 'tap front wang');
    await type('list');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    assert.is(await page.inputValue('#command-line'), 'console front explain');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    assert.is(await page.inputValue('#command-line'), '');
    await page.keyboard.type('tap r');
    await page.keyboard.press('ArrowUp');
    assert.is(await page.inputValue('#command-line'), 'tap r', 'what is being typed is not lost');
    panel.answer('inbox wang', { event: 'inbox', passenger: 'wang', messages: ['验证码 123456'] });
    await page.click('#tab-office');
    await page.click('[title="inbox wang"]');
    await page.waitForSelector('.inbox li >> text=验证码 123456');
    assert.is(await page.locator('.answer').count(), 0, 'it is shown where it was asked for');
  });

  test.needing(needed, 'every fault is set without scrolling, and all put right again', async context => {
    for (const options of [chinese, english]) {
      const { panel, page } = await openPanel(context, browse(context), options);
      await page.click('#tab-faults');
      const all = page.locator('.all-faults :is(button, select, input)');
      assert.ok((await all.count()) > 40);
      assert.equal(await all.evaluateAll(cutOff), [], options.locale);
      assert.ok(await page.isDisabled('.all-faults > button'));
      panel.change({ settings: { network: 'off', 'freeze rear': 'on', 'gnss front': 'offset 86400' } });
      await page.click('.all-faults > button:not(:disabled)');
      await until('all is put right', () => panel.lines.length === 3);
      assert.equal(panel.lines, ['freeze rear off', 'gnss front fix', 'network on']);
    }
  });

  test.needing(
    needed,
    'a card in hand has its purse and its open ride beside it, and all of it fits',
    async context => {
      for (const [options, ride] of [
        [chinese, '未结束的行程：2 路 · 第 3 站'],
        [english, 'Open ride: line 2 · stop 3'],
      ] as const) {
        const { panel, page } = await openPanel(context, browse(context), options);
        await page.click('#passenger-wang');
        await page.waitForSelector(`.open-ride >> text=${ride}`);
        assert.ok(
          await page.evaluate(
            '[...document.querySelectorAll(".in-hand :is(select, button, p)")].every(e => e.getBoundingClientRect().right <= document.querySelector("#panel-in-hand").getBoundingClientRect().right)',
          ),
          options.locale,
        );
        await page.click('[title="topup wang 50"]');
        await until('the card is topped up', () => panel.lines.at(-1) === 'topup wang 50');
        await page.click('[title="deny wang"]');
        await until('the card is denied', () => panel.lines.at(-1) === 'deny wang');
        await page.click('#passenger-sun-yellow');
        await page.waitForSelector(`.person >> text=${options === chinese ? '禁用名单' : 'denied'} debtor`);
        await page.click('[title="reinstate sun-yellow"]');
        await until('it is taken off the list', () => panel.lines.at(-1) === 'reinstate sun-yellow');
        await page.click('#passenger-zhu-phone');
        assert.is(await page.locator('.open-ride').count(), 0);
      }
    },
  );

  test.needing(needed, 'with every part out of order the whole bus is in sight', async context => {
    for (const options of [chinese, english]) {
      const { panel, page, complaints } = await openPanel(context, browse(context), options);
      panel.change({ validators: fullValidators });
      await page.waitForSelector('.is-crowded');
      assert.equal(await page.locator('.validator').evaluateAll(cutOff), [], options.locale);
      await page.click('.faults .word >> nth=0');
      await page.waitForSelector('.meaning:popover-open >> text=crew-voice: the wire is broken');
      assert.equal(await accessibilityOf(page, 'crowded', '.bus'), []);
      assert.equal(complaints, []);
    }
  });

  test.needing(needed, 'words say what they mean; a light goes out with the power', async context => {
    const { panel, page } = await openPanel(context, browse(context), chinese);
    const words = page.locator(':not(.faults li) > .word:visible');
    assert.ok((await words.count()) >= 5);
    for (const word of await words.all()) {
      await word.click();
      const bubble = page.locator('.meaning:popover-open');
      assert.equal(await bubble.evaluateAll(cutOff), [], await word.innerText());
      assert.match(await bubble.innerText(), /\p{Script=Han}/u);
      await page.keyboard.press('Escape');
      await bubble.waitFor({ state: 'detached' });
    }
    const { front, rear } = panel.state.validators;
    await page.waitForSelector('.validator >> nth=0 >> .light-green');
    panel.change({ validators: { front: { ...front, isRunning: false }, rear } });
    await page.waitForSelector('.validator >> nth=0 >> text=已断电');
    assert.is(await page.locator('.light-green').count(), 0);
  });
});
