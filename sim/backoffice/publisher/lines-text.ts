/** The feed's `lines.json`: the policy's lines, and the stops of those whose stops have been given. */
import { existsSync, readFileSync } from 'node:fs';
import { type PublishedLine, readLinesYaml } from '../../../device/settings/lines-file.ts';
import { FileProblems } from '../../../device/settings/yaml-file.ts';
import { writeDurably } from '../../../sync/durable-file.ts';
import { feedPlaces } from './feed-places.ts';

/** Validators read no longer text. */
const maxBytes = 1 << 20;

/** @throws FileProblems where validators could not use it */
export function checkLines(linesFile: string): void {
  if (linesText([], readLinesYaml(linesFile)).length > maxBytes) {
    throw new FileProblems(`${linesFile}: lines.json would be longer than ${maxBytes} bytes`);
  }
}

/** From now on these lines are published. @throws FileProblems when they cannot be used */
export function takeLines(dir: string, linesFile: string): void {
  checkLines(linesFile);
  writeDurably(feedPlaces(dir).lines, readFileSync(linesFile));
}

/** @param ofPolicy the lines that the policy names: they come first */
export function writtenLines(dir: string, ofPolicy: readonly string[]): Buffer {
  const { lines } = feedPlaces(dir);
  return linesText(ofPolicy, existsSync(lines) ? readLinesYaml(lines) : []);
}

function linesText(ofPolicy: readonly string[], given: readonly PublishedLine[]): Buffer {
  const stopsOf = new Map(given.map(({ line, stops }) => [line, stops]));
  const names = [...new Set([...ofPolicy, ...stopsOf.keys()])];
  const lines = names.map(line => {
    const stops = stopsOf.get(line) ?? [];
    return stops.length === 0 ? { line } : { line, stops };
  });
  return Buffer.from(`${JSON.stringify({ lines })}\n`);
}
