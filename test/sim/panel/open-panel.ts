/** The panel's page on a small laptop, without a bus behind, and what of it is seen. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { TestContext } from '../../harness.ts';
import { visit } from '../backoffice/site/browser.ts';
import { startFakePanel } from './fake-panel.ts';

export const laptop = { width: 1280, height: 800 };

/** What does not fit: a page that is wider than its screen. */
export const isTooWide = (page: Page) =>
  page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');

/** Run in the page. @returns what is said by those whose top or foot is not to be seen, or that are wider than their place */
export function cutOff(elements: Element[]): (string | null)[] {
  return elements
    .filter(element => {
      const { top, bottom, left, width } = element.getBoundingClientRect();
      const at = (y: number) => document.elementFromPoint(left + width / 2, y);
      const isSeen = element.contains(at(top + 1)) && element.contains(at(bottom - 1));
      return !isSeen || element.scrollWidth > element.clientWidth;
    })
    .map(({ textContent }) => textContent);
}

export async function openPanel(
  context: TestContext,
  browser: Promise<Browser>,
  options: BrowserContextOptions,
) {
  const panel = await startFakePanel();
  context.after(panel.close);
  const visitor = await visit(await browser, panel, { viewport: laptop, ...options });
  await visitor.page.goto('/');
  await visitor.page.waitForSelector('.validator');
  return { panel, ...visitor };
}
