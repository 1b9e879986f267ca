/** What the settlement's pages share: the head, the way back, amounts and times as people write them. */
import type { ComponentChildren } from 'preact';
import { beijingTime } from '../../../../device/core/beijing-time.ts';

const style = `
  :root { color-scheme: light dark; --line: #8886; --soft: #777; --tint: #8881; --wrong: #b3261e; }
  @media (prefers-color-scheme: dark) { :root { --wrong: #ff9f97; --soft: #aaa; } }
  body { font: 16px/1.5 system-ui, "Noto Sans CJK SC", sans-serif; max-width: 76rem; margin: 0 auto; padding: 1rem; }
  h1 { font-size: 1.5rem; } h2 { font-size: 1.125rem; margin-top: 2rem; }
  .wide { overflow-x: auto; }
  table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
  th, td { padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
  th { font-weight: 600; } th small { display: block; font-weight: 400; color: var(--soft); }
  .number { text-align: right; white-space: nowrap; } .sum td { font-weight: 600; }
  .wrong { color: var(--wrong); font-weight: 600; } .soft { color: var(--soft); }
  .figures { display: flex; flex-wrap: wrap; gap: .5rem; padding: 0; list-style: none; }
  .figures li { padding: .5rem .75rem; background: var(--tint); border-radius: .375rem; }
  .figures strong { display: block; font-size: 1.25rem; }
  input, button { font: inherit; padding: .375rem .75rem; }
`;

interface LayoutProps {
  readonly title: string;
  /** Pages above this one. */
  readonly above: readonly { readonly href: string; readonly name: string }[];
  readonly children: ComponentChildren;
}

export function Layout({ title, above, children }: LayoutProps) {
  return (
    <html lang="zh-CN">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        <style>{style}</style>
      </head>
      <body>
        <nav>
          {above.map(({ href, name }) => (
            <span key={href}>
              <a href={href}>{name}</a> ›{' '}
            </span>
          ))}
        </nav>
        <h1>{title}</h1>
        {children}
      </body>
    </html>
  );
}

/** A column's head in both languages. */
export function Head({
  zh,
  en,
  isNumber = false,
}: {
  readonly zh: string;
  readonly en: string;
  readonly isNumber?: boolean;
}) {
  return (
    <th class={isNumber ? 'number' : ''}>
      {zh} <small>{en}</small>
    </th>
  );
}

/** Leads somewhere, unless the page is a file. */
export function Go({
  to,
  children,
}: {
  readonly to: string | undefined;
  readonly children: ComponentChildren;
}) {
  return to === undefined ? children : <a href={to}>{children}</a>;
}

/** Yuan with their fen. */
export function yuan(fen: number): string {
  return (fen / 100).toFixed(2);
}

/** @param at Unix milliseconds */
export function clock(at: unknown): string {
  return typeof at === 'number' ? beijingTime(at).slice(0, 19) : '';
}

export const root = { href: '/sim/settlement', name: '结算 Settlement' };
