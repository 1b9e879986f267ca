/**
 * The firmware as one folder that needs nothing beside it but Node: each of its programs in one file, and the native parts of packages.
 *
 * Made from what the compiler has built. The folder is laid out as a checkout is, so that every `new URL('./x.js', import.meta.url)`
 * finds its program: `package.json`, `build/device/main.js`, `build/…/worker.js`, and `native/` for what is no JavaScript.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

export interface Bundled {
  /** The folders of the packages that are in it. */
  readonly packages: readonly string[];
  /** Its native parts, relative to the folder. */
  readonly natives: readonly string[];
}

/** Those that run, and not only read a clock or a card in a thread: the rest is found by who starts it. */
const programs = ['device/launcher.js'];

/** Which file of a package `bindings` would find. */
const bindings: Readonly<Record<string, string>> = {
  'better-sqlite3': 'better_sqlite3.node',
  '@pokusew/pcsclite': 'pcsclite.node',
};
const serialBinding = '@serialport/bindings-cpp';
/** Built only where PC/SC's headers are. */
const optional = 'nfc-pcsc';

/** What a module knows of where it lies: as if it had not been bundled. */
const placeOf = `const placeOf = path =>
  new URL(path, require('node:url').pathToFileURL(__dirname.slice(0, __dirname.lastIndexOf('/build/') + '/build/'.length))).href;`;

/**
 * @param root the checkout, built and with its packages
 * @param into made anew, or empty
 * @throws where a program starts another one that is not there, or a native part has not been built
 */
export async function bundleFirmware(root: string, into: string): Promise<Bundled> {
  const packages = new Set<string>();
  const natives = new Set<string>();
  const known = new Set(programs);
  const take = (from: string): string => {
    const to = join('native', basename(from));
    mkdirSync(join(into, 'native'), { recursive: true });
    cpSync(from, join(into, to));
    packages.add(packageOf(from));
    natives.add(to);
    return to;
  };
  const start = (program: string) => void known.add(program);
  const plugins = [inItsPlace(join(root, 'build'), { start, take }), native(root, take)];
  for (let done = 0; done < known.size; ) {
    const due = [...known].slice(done);
    done = known.size;
    const inputs = await bundlePrograms(root, into, due, plugins);
    for (const input of inputs)
      if (input.startsWith('node_modules/')) packages.add(packageOf(resolve(root, input)));
  }
  const { name, version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  writeFileSync(join(into, 'package.json'), `${JSON.stringify({ name, version, license })}\n`);
  return { packages: [...packages].sort(), natives: [...natives].sort() };
}

/** @returns the files it is made of */
async function bundlePrograms(
  root: string,
  into: string,
  due: readonly string[],
  plugins: Plugin[],
): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: due.map(program => join('build', program)),
    outbase: 'build',
    outdir: join(into, 'build'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    // Loaded by `require`, one file after the other (decision 020).
    format: 'cjs',
    // Its CommonJS hides from a bundler what it loads.
    alias: { '@hpke/core': join(root, 'node_modules/@hpke/core/esm/mod.js') },
    banner: { js: placeOf },
    legalComments: 'none',
    metafile: true,
    logLevel: 'silent',
    plugins,
  });
  return Object.keys(metafile.inputs);
}

/** Programs that a module starts, files of packages that it reads, and what it loads by `require`, found by where it was built. */
function inItsPlace(
  built: string,
  found: { start(program: string): void; take(file: string): string },
): Plugin {
  const place = (path: string) => `placeOf(${JSON.stringify(path)})`;
  return {
    name: 'in its place',
    setup({ onLoad }) {
      onLoad({ filter: /\/build\/(device|drivers|sync)\/.*\.js$/ }, ({ path }) => {
        const text = readFileSync(path, 'utf8');
        if (!text.includes('import.meta.url')) return undefined;
        for (const [, program = ''] of text.matchAll(/new URL\('(\.[^']+\.js)', import\.meta\.url\)/g))
          found.start(relative(built, resolve(dirname(path), program)));
        const resolveHere = createRequire(path).resolve;
        const contents = text
          .replace(/createRequire\(import\.meta\.url\)\.resolve\(('[^']+')\)/g, (_, file: string) => {
            const taken = found.take(resolveHere(file.slice(1, -1)));
            return `require('node:url').fileURLToPath(${place(join('..', taken))})`;
          })
          .replace(/createRequire\(import\.meta\.url\)\((\s*'[^']+',?\s*)\)/g, 'require($1)')
          .replaceAll('import.meta.url', place(relative(built, path)));
        return { contents, resolveDir: dirname(path) };
      });
    },
  };
}

/** Packages look for their native part in their own folders; here it is in `native/`. */
function native(root: string, take: (file: string) => string): Plugin {
  const load = (file: string) => {
    const path = `require('node:url').fileURLToPath(placeOf(${JSON.stringify(join('..', take(file)))}))`;
    return { contents: `module.exports = () => require(${path});` };
  };
  return {
    name: 'native',
    setup({ onLoad, onResolve }) {
      const namespace = 'native';
      onResolve({ filter: /^(bindings|node-gyp-build)$/ }, ({ importer }) => {
        const folder = packageOf(importer);
        const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
        return { path: name, namespace, pluginData: folder };
      });
      onLoad({ filter: /.*/, namespace }, ({ path: name, pluginData: folder }) => {
        if (name === serialBinding)
          return load(createRequire(join(folder, 'x'))('node-gyp-build').path(folder));
        return load(join(folder, 'build/Release', bindings[name] ?? ''));
      });
      onResolve({ filter: new RegExp(`^${optional}$`) }, () => {
        const isBuilt = existsSync(join(root, 'node_modules/@pokusew/pcsclite/build/Release/pcsclite.node'));
        return isBuilt ? undefined : { path: optional, external: true };
      });
    },
  };
}

/** The folder of the package that a file belongs to. */
function packageOf(file: string): string {
  const [, folder] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)/.exec(file) ?? [];
  if (folder === undefined) throw new Error(`${file} is in no package`);
  return folder;
}
