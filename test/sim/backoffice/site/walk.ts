/** Every page of the site, one after the other, as a browser comes to it. */
import type { Page } from 'playwright-core';
import { htmlOf } from '../../../../sim/backoffice/site/answers.ts';
import type { Lang } from '../../../../sim/backoffice/site/language.ts';
import { ErrorPage } from '../../../../sim/backoffice/site/pages/error.tsx';
import { foreigner, grandmother, lin, type Passenger } from './fake-registration.ts';
import { newestCode } from './steps.ts';
import type { TestSite } from './test-site.ts';

/** Name and phone, and the code that came; the page that follows is then shown. */
export async function verifyIn(
  page: Page,
  site: TestSite,
  form: string,
  { name, phone }: Passenger,
): Promise<void> {
  site.registration.passMinute();
  await page.goto(`/${form}`);
  await page.fill('#name', name);
  await page.fill('#phone', phone);
  await page.click('main form button');
  await page.fill('#code', newestCode(site, phone));
  await page.click('form:has(#code) button');
}

/** @param at is called on each page, by name */
export async function walkThrough(
  page: Page,
  site: TestSite,
  lang: string,
  at: (name: string) => Promise<void>,
): Promise<void> {
  site.registration.setOpen(false);
  await page.goto(`/?lang=${lang}`);
  await at('entry before the opening');
  await page.goto('/register');
  await at('not open');
  site.registration.setOpen(true);
  await page.goto('/');
  await at('entry');
  for (const form of ['proxy', 'manage', 'register']) {
    await page.goto(`/${form}`);
    await at(form);
  }
  await page.click('main form button');
  await at('details with problems');
  site.registration.passMinute();
  await page.fill('#name', lin.name);
  await page.fill('#phone', lin.phone);
  await page.click('main form button');
  await at('code');
  await page.fill('#code', '000000');
  await page.click('form:has(#code) button');
  await at('wrong code');
  await verifyIn(page, site, 'register', foreigner);
  await at('no media');
  await verifyIn(page, site, 'proxy', grandmother);
  await at('notice by proxy');
  await page.click('form[action="/media"] button');
  await at('consent missing');
  await page.check('#authorised');
  await page.check('#agree');
  await page.click('form[action="/media"] button');
  await at('done');
  await page.goto('/state');
  await at('state');
  await page.goto('/withdraw');
  await at('withdraw, with another code');
  await verifyIn(page, site, 'manage', grandmother);
  await page.goto('/withdraw');
  await at('withdraw');
  await page.click('.danger');
  await at('withdrawn');
}

/** Every error page. @param at is called on each, with the status it must have */
export async function walkErrors(
  page: Page,
  site: TestSite,
  lang: Lang,
  at: (status: number, actual: number | undefined) => Promise<void>,
): Promise<void> {
  const submitted = async () => {
    const answer = page.waitForResponse(response => response.request().isNavigationRequest());
    await page.click('main form button');
    return (await answer).status();
  };
  // First, for the stylesheet comes out of the browser's memory, which routes switch off.
  const cookie = { value: 'x'.repeat(3000), url: site.url };
  await page.context().addCookies(['a', 'b', 'c'].map(name => ({ ...cookie, name })));
  await at(431, (await page.goto('/'))?.status());
  await page.context().clearCookies({ name: /^[abc]$/ });
  await at(404, (await page.goto('/nowhere'))?.status());
  await at(400, (await page.goto('/%ff'))?.status());
  await page.route('/done', route => route.continue({ method: 'POST' }));
  await at(405, (await page.goto('/done'))?.status());
  await page.goto('/register');
  const cookies = await page.context().cookies();
  await page.context().clearCookies({ name: 'session' });
  await at(403, await submitted());
  await page.context().addCookies(cookies.filter(({ name }) => name === 'session'));
  await page.goto('/register');
  await page.evaluate("document.getElementById('name').removeAttribute('maxlength')");
  await page.fill('#name', 'a'.repeat(9000));
  await at(413, await submitted());
  await page.goto('/register');
  await page.evaluate("document.querySelector('main form').enctype = 'text/plain'");
  await at(415, await submitted());
  // Too slow, and too many: no browser gets there by itself in time.
  for (const status of [408, 429]) {
    const body = htmlOf(ErrorPage({ lang, status, retryAfterS: 42 }));
    await page.route('/late', route =>
      route.fulfill({ status, body, contentType: 'text/html; charset=utf-8' }),
    );
    await at(status, (await page.goto('/late'))?.status());
    await page.unroute('/late');
  }
  for (const [status, fault] of [
    [500, new Error('broken')],
    [503, Object.assign(new Error('busy'), { statusCode: 503 })],
  ] as const) {
    site.registration.breakWith(() => {
      throw fault;
    });
    await page.goto('/register');
    await page.fill('#name', lin.name);
    await page.fill('#phone', lin.phone);
    await at(status, await submitted());
  }
  site.registration.breakWith(undefined);
}
