import * as assert from 'uvu/assert';
import { suite, until } from '../../../harness.ts';
import {
  accessibilityOf,
  desktop,
  heading,
  misfitsOf,
  needed,
  phone,
  sharedBrowser,
  visit,
} from './browser.ts';
import { grandmother, lin } from './fake-registration.ts';
import { newestCode } from './steps.ts';
import { startSite } from './test-site.ts';
import { verifyIn, walkErrors, walkThrough } from './walk.ts';

suite('registration site in a browser', test => {
  const browse = sharedBrowser(test);

  test.needing(
    needed,
    'three steps on a phone, without JavaScript; back and reload do no harm',
    async context => {
      const site = await startSite(context);
      const { page, complaints } = await visit(await browse(context), site, {
        locale: 'zh-CN',
        viewport: phone,
        javaScriptEnabled: false,
      });
      await page.goto('/');
      await page.click('text=立即办理升级');
      await page.fill('#name', lin.name);
      await page.fill('#phone', lin.phone);
      await page.click('text=获取验证码');
      assert.is(await heading(page), '输入短信验证码');
      await page.goBack();
      assert.is(await page.inputValue('#phone'), lin.phone, 'what was entered is still there');
      await page.goForward();
      await page.reload();
      await page.fill('#code', newestCode(site, lin.phone));
      await page.click('text=下一步');
      assert.is(await heading(page), '阅读温馨提示并同意');
      await page.check('#agree');
      await page.click('text=已阅读并同意');
      assert.is(await heading(page), '升级办理完成');
      assert.is(site.registration.consents.size, 1);
      await page.reload();
      assert.is(await heading(page), '升级办理完成');
      await page.goBack();
      await page.goBack();
      await page.goForward();
      await page.click('text=English');
      assert.is(await page.getAttribute('html', 'lang'), 'en');
      assert.is(site.registration.inbox(lin.phone).length, 1);
      assert.equal(complaints, []);
    },
  );

  test.needing(needed, 'proxy, the own state and withdrawal on a desktop', async context => {
    const site = await startSite(context);
    const { page, complaints } = await visit(await browse(context), site, {
      locale: 'zh-CN',
      viewport: desktop,
    });
    await verifyIn(page, site, 'proxy', grandmother);
    await page.check('#authorised');
    await page.check('#agree');
    await page.click('text=已阅读并同意 >> nth=-1');
    assert.match(await page.innerText('.success'), '记录为代办');
    await page.click('text=完成并退出');
    assert.is(await heading(page), '北京公交集团启动公交乘车码升级服务工作');
    await verifyIn(page, site, 'manage', grandmother);
    assert.match(await page.innerText('main'), '他人代办');
    await page.click('text=撤回同意，解除关联');
    await page.click('text=不撤回，返回');
    assert.is(site.registration.consents.size, 1);
    await page.click('text=撤回同意，解除关联');
    await page.click('.danger');
    assert.is(await heading(page), '已撤回同意');
    assert.is(site.registration.consents.size, 0);
    assert.equal(complaints, []);
  });

  test.needing(needed, 'with the keyboard only', async context => {
    const site = await startSite(context);
    const { page } = await visit(await browse(context), site, { locale: 'zh-CN', viewport: desktop });
    // A tag, and its text where it has no others in it.
    const focused = () =>
      page.evaluate<string>(`(() => {
          const { outerHTML, childElementCount } = document.activeElement;
          return childElementCount === 0 ? outerHTML : outerHTML.slice(0, outerHTML.indexOf('>'));
        })()`);
    async function tabTo(what: string): Promise<void> {
      for (let i = 0; i < 20 && !(await focused()).includes(what); i++) await page.keyboard.press('Tab');
      assert.ok((await focused()).includes(what), `reached ${what}`);
      const ring = await page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle');
      assert.is(ring, 'solid', `${what} shows that it has the focus`);
    }
    const pressEnter = async () => {
      await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    };
    await page.goto('/');
    await page.keyboard.press('Tab');
    assert.match(await focused(), 'class="skip"');
    await page.keyboard.press('Enter');
    await tabTo('href="/register"');
    await pressEnter();
    await tabTo('>获取验证码<');
    await pressEnter();
    assert.match(await focused(), 'id="problems"', 'what is wrong comes first');
    await tabTo('href="#name"');
    await page.keyboard.press('Enter');
    await until('the link leads into the field', async () => (await focused()).includes('id="name"'));
    await page.keyboard.type(lin.name);
    await tabTo('id="phone"');
    await page.keyboard.type(lin.phone);
    await pressEnter();
    await tabTo('id="code"');
    await page.keyboard.type(newestCode(site, lin.phone));
    await pressEnter();
    await tabTo('id="agree"');
    await page.keyboard.press('Space');
    await tabTo('>已阅读并同意<');
    await pressEnter();
    assert.is(await heading(page), '升级办理完成');
  });

  for (const lang of ['zh', 'en'] as const) {
    test.needing(
      needed,
      `every page: axe finds nothing, in light and dark, and it fits a small phone (${lang})`,
      async context => {
        const site = await startSite(context);
        const { page, complaints } = await visit(await browse(context), site, { viewport: phone });
        const found: string[] = [];
        const titles = new Set<string>();
        const look = async (name: string) => {
          found.push(...(await accessibilityOf(page, name)));
          await page.setViewportSize({ width: 320, height: 600 });
          found.push(...(await misfitsOf(page)).map(misfit => `${name}: ${misfit}`));
          await page.setViewportSize(phone);
          titles.add(await page.title());
        };
        await walkThrough(page, site, lang, look);
        await walkErrors(page, site, lang, async (status, actual) => {
          assert.is(actual, status);
          await look(String(status));
        });
        assert.equal(found, []);
        assert.equal(complaints, []);
        assert.ok(titles.size >= 20, 'and each page says in its title where one is');
      },
    );
  }

  test.needing(
    needed,
    'error pages without JavaScript: too many requests, in both languages',
    async context => {
      const site = await startSite(context, { requestsPerMinute: 3 });
      const { page } = await visit(await browse(context), site, {
        locale: 'zh-CN',
        viewport: phone,
        javaScriptEnabled: false,
      });
      const shown = async (path: string) => {
        const answer = await page.goto(path);
        return answer?.status() === 429 ? heading(page) : undefined;
      };
      let title: string | undefined;
      for (let i = 0; i < 20 && title === undefined; i++) title = await shown('/');
      assert.is(title, '请求过于频繁');
      assert.match(await page.innerText('.note'), /请在 \d+ 秒后再试/);
      assert.is(await shown('/?lang=en'), 'Too many requests');
    },
  );
});
