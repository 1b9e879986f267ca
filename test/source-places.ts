/**
 * Places of the built files in a text, such as a stack trace, become those of the sources. Node's own `--enable-source-maps`
 * reads the map of each module that any process loads, for the few that fail.
 */
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';

/** A place in a module that Node names by its URL. */
const builtPlace = /(file:\/\/[^\s()]+\.js):(\d+):(\d+)/g;

/** Leaves alone what has no map. */
export function withSourcePlaces(text: string): string {
  return text.replace(builtPlace, (built, url: string, line: string, column: string) => {
    try {
      const map = new SourceMap(JSON.parse(readFileSync(`${fileURLToPath(url)}.map`, 'utf8')));
      const entry = map.findEntry(Number(line) - 1, Number(column) - 1);
      if (!('originalSource' in entry)) return built;
      const source = new URL(entry.originalSource, url);
      return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
    } catch {
      return built;
    }
  });
}
