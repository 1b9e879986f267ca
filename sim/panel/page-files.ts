/** The page's files: its HTML, its own modules and stylesheets, and the few of the packages it needs. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { permissionsPolicy } from './security.ts';

const types: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
};

/** Module names → paths they are served at. */
const vendorModules = {
  preact: '/vendor/preact.mjs',
  'preact/hooks': '/vendor/preact-hooks.mjs',
  'preact/jsx-runtime': '/vendor/preact-jsx-runtime.mjs',
  '@xterm/xterm': '/vendor/xterm.mjs',
  '@xterm/addon-fit': '/vendor/addon-fit.mjs',
};

const importMap = JSON.stringify({ imports: vendorModules });

/** The import map's name in a Content-Security-Policy. */
export const importMapHash = `sha256-${createHash('sha256').update(importMap).digest('base64')}`;

const pageHtml = `<!doctype html>
<html lang="zh">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Fare validators</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/vendor/xterm.css">
<link rel="stylesheet" href="/page/panel.css">
<script type="importmap">${importMap}</script>
<script type="module" src="/page/main.js"></script>
</head>
<body>
<div id="panel"></div>
<noscript>This page needs JavaScript.</noscript>
</body>
</html>
`;

const compiled = fileURLToPath(new URL('page/', import.meta.url));
/** The compiler leaves stylesheets where they are. */
const sources = fileURLToPath(new URL('../../../sim/panel/page/', import.meta.url));

/** Paths → files. Nothing else is served. */
function assetFiles(): ReadonlyMap<string, string> {
  const { resolve } = createRequire(import.meta.url);
  const preact = join(resolve('preact/package.json'), '..');
  return new Map([
    ...ownFiles(compiled, '.js'),
    ...ownFiles(sources, '.css'),
    [vendorModules.preact, join(preact, 'dist/preact.mjs')],
    [vendorModules['preact/hooks'], join(preact, 'hooks/dist/hooks.mjs')],
    [vendorModules['preact/jsx-runtime'], join(preact, 'jsx-runtime/dist/jsxRuntime.mjs')],
    [vendorModules['@xterm/xterm'], resolve('@xterm/xterm/lib/xterm.mjs')],
    [vendorModules['@xterm/addon-fit'], resolve('@xterm/addon-fit/lib/addon-fit.mjs')],
    ['/vendor/xterm.css', resolve('@xterm/xterm/css/xterm.css')],
  ]);
}

function ownFiles(directory: string, ending: string): [path: string, file: string][] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith(ending))
    .map(name => [`/page/${name.replaceAll('\\', '/')}`, join(directory, name)]);
}

/** Files are read at each request, so that a reload shows what has changed. */
export function addPage(server: FastifyInstance): void {
  server.get('/', async (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('permissions-policy', permissionsPolicy)
      .header('cache-control', 'no-cache')
      .send(pageHtml),
  );
  for (const [path, file] of assetFiles()) {
    const type = types[file.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
    server.get(path, async (_request, reply) =>
      reply
        .type(type)
        .header('cache-control', 'no-cache')
        .send(await readFile(file)),
    );
  }
}
