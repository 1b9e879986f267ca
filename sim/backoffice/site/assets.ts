/** The stylesheet and the icon, all that a page loads: served under names that change with their content. */
import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

/** For phones first, with system fonts, light and dark. */
const stylesheet = `:root {
  color-scheme: light dark;
  --page: #f2f5f7; --card: #fff; --ink: #182328; --soft: #4b5960; --line: #c5d0d6; --field: #6b7a82;
  --main: #0b5a7a; --on-main: #fff; --bar: #0b4f6c; --tint: #e6f0f5;
  --wrong: #a4231c; --wrong-tint: #fdeeec; --good: #17643a; --good-tint: #e7f4ec; --focus: #ffb81c; --focus-ink: #182328;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #10171b; --card: #182126; --ink: #e9eff2; --soft: #b3c0c7; --line: #3a4850; --field: #8fa0a9;
    --main: #7cc6e6; --on-main: #06212d; --bar: #0a3346; --tint: #1b313c;
    --wrong: #ff9f97; --wrong-tint: #3a1f1d; --good: #86dba8; --good-tint: #173325;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--ink); line-height: 1.65; font-size: 1.0625rem;
  font-family: -apple-system, "PingFang SC", "HarmonyOS Sans SC", "Microsoft YaHei", "Noto Sans CJK SC", system-ui, sans-serif;
  overflow-wrap: break-word;
}
.bar, main, footer { max-width: 42rem; margin: 0 auto; padding: 0 1rem; }
header { background: var(--bar); color: #fff; }
.bar { display: flex; align-items: center; justify-content: space-between; gap: 1rem; min-height: 3.5rem; }
header a { color: #fff; text-decoration: none; min-height: 2.75rem; display: inline-flex; align-items: center; gap: .5rem; flex-wrap: wrap; }
header .home { row-gap: 0; padding: .25rem 0; }
header .language { padding: 0 .75rem; border: 1px solid rgb(255 255 255 / .6); border-radius: .375rem; white-space: nowrap; }
.skip { position: absolute; left: -100vw; top: 0; padding: .75rem 1rem; background: var(--card); color: var(--main); }
.skip:focus { left: 0; z-index: 1; }
main { padding-top: .5rem; padding-bottom: 1.5rem; background: var(--card); border-bottom: 1px solid var(--line); }
@media (min-width: 42rem) {
  main { margin-top: 1.5rem; padding: 1rem 2rem 2rem; border: 1px solid var(--line); border-radius: .5rem; }
}
footer { padding-top: 1rem; padding-bottom: 2rem; color: var(--soft); font-size: .9375rem; }
footer p { margin: 0; }
h1 { font-size: 1.5rem; line-height: 1.35; margin: 1rem 0 .75rem; text-wrap: balance; }
h2 { font-size: 1.1875rem; line-height: 1.4; margin: 1.75rem 0 .5rem; }
h3 { font-size: 1.0625rem; margin: 1rem 0 .25rem; }
p { margin: .5rem 0; }
ul, ol { margin: .5rem 0; padding-left: 1.5rem; }
li { margin: .25rem 0; }
a { color: var(--main); text-underline-offset: .2em; }
.aside a, footer a, p > a { padding: .25rem 0; }
.actions { margin: 1.25rem 0; }
.telephone { white-space: nowrap; }
.lead { font-size: 1.125rem; }
.hint { color: var(--soft); font-size: .9375rem; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; box-shadow: 0 0 0 2px var(--focus-ink); border-radius: .25rem; }
button, .button {
  display: flex; align-items: center; justify-content: center; width: 100%; min-height: 3.25rem; padding: .5rem 1.25rem;
  font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer;
  color: var(--on-main); background: var(--main); border: 2px solid var(--main); border-radius: .5rem;
}
.second { color: var(--main); background: transparent; }
.danger { background: var(--wrong); border-color: var(--wrong); color: var(--card); }
button:hover, .button:hover { filter: brightness(1.08); }
button:active, .button:active { filter: brightness(.9); }
@media (min-width: 30rem) { button, .button { width: auto; min-width: 14rem; display: inline-flex; } }
.ways { display: grid; gap: .75rem; margin: 1.25rem 0; }
@media (min-width: 30rem) { .ways { grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); } .ways .button { min-width: 0; } }
form { margin: 1.25rem 0; }
.field { margin: 0 0 1.25rem; }
.field label { font-weight: 600; display: block; }
.field p { margin: 0 0 .375rem; }
input:not([type=checkbox]), select {
  width: 100%; min-height: 3.25rem; padding: .5rem .75rem; font: inherit; font-size: 1.1875rem; color: var(--ink);
  background: var(--card); border: 2px solid var(--field); border-radius: .375rem;
}
input.code { max-width: 12rem; letter-spacing: .2em; font-variant-numeric: tabular-nums; }
input.phone { max-width: 20rem; font-variant-numeric: tabular-nums; }
.wrong { border-left: 4px solid var(--wrong); padding-left: .75rem; }
.wrong input, .wrong select { border-color: var(--wrong); }
.problem { color: var(--wrong); font-weight: 600; }
.problems { border: 3px solid var(--wrong); background: var(--wrong-tint); padding: .75rem 1rem; margin: 1rem 0; border-radius: .375rem; }
.problems h2 { margin: 0 0 .25rem; }
.problems a { color: var(--wrong); font-weight: 600; display: inline-block; padding: .25rem 0; }
.choice { display: grid; grid-template-columns: auto 1fr; gap: 0 .75rem; margin: 1rem 0; align-items: start; }
.choice input { width: 1.75rem; height: 1.75rem; margin: .125rem 0 0; accent-color: var(--main); }
.choice label { padding: .125rem 0; }
.choice .problem { grid-column: 2; margin: 0; }
.steps { display: flex; gap: .25rem; list-style: none; padding: 0; margin: .75rem 0 1rem; font-size: .9375rem; }
.steps li { flex: 1; margin: 0; padding-top: .375rem; border-top: 4px solid var(--line); color: var(--soft); }
.steps .reached { border-color: var(--main); color: var(--ink); }
.steps [aria-current] { font-weight: 600; }
.steps .number { font-variant-numeric: tabular-nums; }
.note, .success { padding: .75rem 1rem; border-left: 4px solid var(--main); background: var(--tint); border-radius: 0 .375rem .375rem 0; }
.note.strong, .success { font-weight: 600; }
.success { border-color: var(--good); background: var(--good-tint); }
.success::before { content: "✓ " / ""; color: var(--good); }
.aside { margin-top: 2rem; padding-top: .25rem; border-top: 1px solid var(--line); }
.lines { display: flex; flex-wrap: wrap; gap: .5rem; padding: 0; list-style: none; }
.lines li { margin: 0; padding: .125rem .75rem; border-radius: 1rem; background: var(--tint); font-variant-numeric: tabular-nums; }
dl { margin: .5rem 0; }
dl div { padding: .5rem 0; border-bottom: 1px solid var(--line); }
dt { font-weight: 600; }
dd { margin: 0; }
@media (min-width: 30rem) { dl div { display: grid; grid-template-columns: 13rem 1fr; gap: 1rem; } }
.facts div { display: grid; grid-template-columns: 8rem 1fr; gap: 1rem; }
.person { font-weight: 600; }
.media { list-style: none; padding: 0; }
.media li { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 .75rem; padding: .75rem 1rem; margin: .5rem 0; border: 1px solid var(--line); border-radius: .5rem; }
.media strong { flex: 1 0 100%; }
.account { font-variant-numeric: tabular-nums; flex: 1; }
.state { color: var(--soft); font-weight: 600; }
.state.linked { color: var(--good); }
.rides { list-style: none; padding: 0; }
.rides > li { padding: 0 1rem .5rem; margin: 1rem 0; border: 1px solid var(--line); border-radius: .5rem; }
.rides h2 { margin-top: .75rem; }
.notice { padding: .25rem 1rem .75rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--page); }
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
@media print { header .language, .leave, .skip { display: none; } }
`;

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b5a7a"/><path d="M8 8h16a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H8a2 2 0 0 1-2-2V10a2 2 0 0 1 2-2zm1 3v6h14v-6zm1 9.500v2h3v-2zm9 0v2h3v-2z" fill="#fff"/></svg>`;

export const stylesheetPath = `/style-${digestOf(stylesheet)}.css`;
export const iconPath = `/icon-${digestOf(icon)}.svg`;

export function addAssets(site: FastifyInstance): void {
  const serve = (path: string, type: string, content: string) =>
    site.get(path, async (_request, reply) =>
      reply.type(type).header('cache-control', 'public, max-age=31536000, immutable').send(content),
    );
  serve(stylesheetPath, 'text/css; charset=utf-8', stylesheet);
  serve(iconPath, 'image/svg+xml', icon);
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
