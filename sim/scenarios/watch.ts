/** Tells when one of some files has changed, also where an editor puts another file in its place. */
import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** An editor writes in several goes. */
const settleMs = 100;

/** @param onChange called with those that have changed, until the signal */
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
