/** What the panel's page is made of: its HTML, the files it loads, and what it may load at all. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface PageFile {
  readonly path: string;
  readonly type: string;
  readonly body: Buffer;
}

const require = createRequire(import.meta.url);
const compiled = fileURLToPath(new URL('./page/', import.meta.url));
/** Stylesheets are not compiled, and so not beside the scripts. */
const source = fileURLToPath(new URL('../../../sim/panel/page/', import.meta.url));

/** Scripts of packages, by the name they are imported by. */
const packages = {
  preact: require.resolve('preact'),
  'preact/hooks': require.resolve('preact/hooks'),
  'preact/jsx-runtime': require.resolve('preact/jsx-runtime'),
  '@xterm/xterm': moduleBeside(require.resolve('@xterm/xterm')),
  '@xterm/addon-fit': moduleBeside(require.resolve('@xterm/addon-fit')),
};

const importMap = JSON.stringify({
  imports: Object.fromEntries(Object.keys(packages).map(name => [name, packagePath(name)])),
});
const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b5a7a"/>' +
  '<rect x="8" y="6" width="16" height="20" rx="3" fill="#fff"/><rect x="11" y="9" width="10" height="4" rx="1" fill="#1f9d55"/>' +
  '<path d="M12 22a4 4 0 0 1 8 0" fill="none" stroke="#0b5a7a" stroke-width="2" stroke-linecap="round"/></svg>';
const stylesheets = readdirSync(source)
  .filter(name => name.endsWith('.css'))
  .sort();

export const pageHtml = `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Fare validator panel</title>
<link rel="icon" href="/page/icon.svg">
<link rel="stylesheet" href="/page/xterm.css">
${stylesheets.map(name => `<link rel="stylesheet" href="/page/${name}">`).join('\n')}
<script type="importmap">${importMap}</script>
<script type="module" src="/page/main.js"></script>
</head>
<body><noscript>This page needs JavaScript. 此页面需要 JavaScript。</noscript></body>
</html>
`;

/** @param siteUrl the registration site's, which the page frames */
export function pagePolicy(siteUrl: string): string {
  const hash = createHash('sha256').update(importMap).digest('base64');
  return [
    "default-src 'none'",
    `script-src 'self' 'sha256-${hash}'`,
    "style-src 'self'",
    "img-src 'self' blob:",
    "connect-src 'self'",
    `frame-src ${new URL(siteUrl).origin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** All that the page loads, read anew, so that a reload shows what was built last. */
export function readPageFiles(): PageFile[] {
  const scripts = readdirSync(compiled).filter(name => name.endsWith('.js'));
  return [
    { path: '/page/icon.svg', type: 'image/svg+xml', body: Buffer.from(icon) },
    css('/page/xterm.css', require.resolve('@xterm/xterm/css/xterm.css')),
    ...stylesheets.map(name => css(`/page/${name}`, join(source, name))),
    ...scripts.map(name => script(`/page/${name}`, join(compiled, name))),
    ...Object.entries(packages).map(([name, file]) => script(packagePath(name), file)),
  ];
}

/** Packages that give Node another file than browsers have the module beside it. */
function moduleBeside(file: string): string {
  return file.replace(/\.js$/, '.mjs');
}

function packagePath(name: string): string {
  return `/page/packages/${name.replace('@', '').replaceAll('/', '-')}.js`;
}

function css(path: string, file: string): PageFile {
  return { path, type: 'text/css; charset=utf-8', body: readFileSync(file) };
}

function script(path: string, file: string): PageFile {
  return { path, type: 'text/javascript; charset=utf-8', body: readFileSync(file) };
}
