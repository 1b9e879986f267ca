/** A real browser, and what it is asked about a page. */
import { spawnSync } from 'node:child_process';
import axe from 'axe-core';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import * as assert from 'uvu/assert';
import { isProgram } from '../../../../drivers/wire/program.ts';
import type { TestContext, TestFunction } from '../../../harness.ts';
import type { Requirement } from '../../../left-out.ts';
import type { TestSite } from './test-site.ts';

/** With fonts for Chinese, without which pages are boxes that are as wide as nothing real. */
export const needed: Requirement = {
  what: 'chromium, and a font with Chinese',
  packages: ['chromium', 'fonts-noto-cjk'],
  met: () => isProgram(executablePath) && hasChineseFont(),
};

const executablePath = '/usr/bin/chromium';
export const phone = { width: 390, height: 844 };
export const desktop = { width: 1280, height: 900 };

function hasChineseFont(): boolean {
  const { stdout } = spawnSync('fc-list', [':lang=zh-cn', 'family'], { encoding: 'utf8' });
  return Boolean(stdout);
}

/** @param flags more of chromium's */
export async function launch({ after }: TestContext, flags: readonly string[] = []): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...flags,
    ],
  });
  after(() => browser.close());
  return browser;
}

/** One browser for the tests of a suite; what a test opens in it is closed at that test's end. */
export function sharedBrowser(test: TestFunction): (context: TestContext) => Promise<Browser> {
  const launched = test.shared(context => launch(context));
  return async ({ after }) => {
    const browser = await launched();
    after(() => Promise.all(browser.contexts().map(each => each.close())));
    return browser;
  };
}

export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the browser itself complained of, and what it asked of other hosts. */
  readonly complaints: string[];
}

/** Without motion: each frame of an animation is drawn by the processor. */
export async function visit(
  browser: Browser,
  site: Pick<TestSite, 'url'>,
  options: BrowserContextOptions,
): Promise<Visit> {
  const context = await browser.newContext({ baseURL: site.url, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(240_000);
  const complaints: string[] = [];
  page.on('pageerror', error => complaints.push(error.message));
  page.on('console', message => {
    // That an error page is an error is said of each.
    if (message.type() === 'error' && !message.text().includes('the server responded with a status'))
      complaints.push(message.text());
  });
  page.on('request', request => {
    if (!request.url().startsWith(site.url)) complaints.push(request.url());
  });
  return { page, context, complaints };
}

/** The heading, which each page has one of. */
export function heading(page: Page): Promise<string> {
  return page.locator('h1').innerText();
}

/**
 * axe-core's findings, by light and, for the colours, by dark; the page must have scripts allowed.
 * @param within a part of the page only
 */
export async function accessibilityOf(page: Page, where: string, within?: string): Promise<string[]> {
  const part = within === undefined ? 'document' : JSON.stringify(within);
  const least = within === undefined ? 10 : 1;
  await page.evaluate(axe.source);
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations, passes } = await page.evaluate<axe.AxeResults>(
      colorScheme === 'light' ? `axe.run(${part})` : `axe.run(${part}, { runOnly: ['color-contrast'] })`,
    );
    assert.ok(passes.length >= (colorScheme === 'light' ? least : 1), `${where}: axe has looked`);
    for (const { id, nodes } of violations)
      found.push(`${where}, ${colorScheme}: ${id} ${nodes.map(({ html }) => html).join(' ')}`);
  }
  return found;
}

/** What does not fit: a page wider than its screen, or things to touch that are smaller than a fingertip. */
export function misfitsOf(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(() => {
    const wide = document.documentElement.scrollWidth > innerWidth ? ['wider than the screen'] : [];
    const small = [...document.querySelectorAll('button, .button, input:not([type=hidden]):not([type=checkbox])')]
      .filter(element => element.getBoundingClientRect().height < 44)
      .map(element => element.outerHTML);
    return [...wide, ...small];
  })()`);
}
