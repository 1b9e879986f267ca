/** Options of Node's for a reader's process, so that it finds something else, or nothing, in nfc-pcsc's place. */

/** @param resolves the body of a module hook: what `import('nfc-pcsc')` does */
export function withBinding(resolves: string): string {
  const resolve = `export const resolve = (name, about, next) => {
    if (name === 'nfc-pcsc') { ${resolves} }
    return next(name, about);
  };`;
  const hook = `import { register } from 'node:module'; register(${JSON.stringify(dataUrl(resolve))});`;
  return `--import=${dataUrl(hook)}`;
}

function dataUrl(module: string): string {
  return `data:text/javascript,${encodeURIComponent(module)}`;
}
