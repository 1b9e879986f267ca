/** Bytes that a module sent together, in a frame or between two silences → the ride codes in them, or whose they are. */
import { viewsOf } from './found-codes.ts';
import { codesThatFill } from './line-code.ts';
import { code, judgeBytes, type Printed } from './printed.ts';
import { createWrappedLines } from './wrapped-lines.ts';

export function readBurst(bytes: Uint8Array): Printed[] {
  const views = viewsOf(bytes);
  const codes = views.map(codesThatFill).find(found => found.length > 0);
  if (codes !== undefined) return codes.map(code);
  const text = Buffer.from(bytes).toString('latin1');
  return /[\x80-\xff]/.test(text) ? [judgeBytes(bytes)] : readLines(text);
}

function readLines(text: string): Printed[] {
  const all: Printed[] = [];
  const lines = createWrappedLines({ encoding: 'auto', maxLineBytes: text.length }, printed =>
    all.push(printed),
  );
  for (const line of text.split(/[\r\n]/)) lines.line(line);
  lines.end();
  return all;
}
