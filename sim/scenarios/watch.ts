/** Tells when files have changed, also if an editor puts a new file in place of the old one. */
import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Editors write a file in several steps. */
const settleMs = 100;

/** @param onChange gets the files that have changed, until the signal */
export function watchFiles(
  files: readonly string[],
  onChange: (files: readonly string[]) => void,
  signal: AbortSignal,
): void {
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const tell = () => {
    const now = [...changed];
    changed.clear();
    onChange(now);
  };
  const watchers: FSWatcher[] = [...new Set(files.map(file => dirname(file)))].map(directory =>
    watch(directory, { signal }, (_event, name) => {
      const file = files.find(path => dirname(path) === directory && basename(path) === name);
      if (file === undefined) return;
      changed.add(file);
      clearTimeout(timer);
      timer = setTimeout(tell, settleMs);
    }),
  );
  for (const watcher of watchers) watcher.on('error', () => undefined);
  signal.addEventListener('abort', () => clearTimeout(timer));
}
