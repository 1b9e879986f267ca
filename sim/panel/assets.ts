/** The page's files: its own as compiled, and the few of the packages it needs, each named here. */
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';

const types: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
};

/** What modules import → where it is served. */
export const vendorModules = {
  preact: '/vendor/preact.mjs',
  'preact/hooks': '/vendor/preact-hooks.mjs',
  'preact/jsx-runtime': '/vendor/preact-jsx-runtime.mjs',
  '@xterm/xterm': '/vendor/xterm.mjs',
  '@xterm/addon-fit': '/vendor/addon-fit.mjs',
};

const compiled = fileURLToPath(new URL('page/', import.meta.url));
/** The compiler leaves stylesheets where they are. */
const sources = fileURLToPath(new URL('../../../sim/panel/page/', import.meta.url));

/** Paths → files; no other can be had. */
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

/** Read each time: who works on the page reloads it. */
export function addAssets(server: FastifyInstance): void {
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
