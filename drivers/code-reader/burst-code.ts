/** Bytes that a module sent together, in a frame or between two silences → the ride codes in them, or whose they are. */
import { viewsOf } from './found-codes.ts';
import { codesThatFill, readLine } from './line-code.ts';
import { code, judgeBytes, type Printed } from './printed.ts';

export function readBurst(bytes: Uint8Array): Printed[] {
  const views = viewsOf(bytes);
  const codes = views.map(codesThatFill).find(found => found.length > 0);
  if (codes !== undefined) return codes.map(code);
  const text = Buffer.from(bytes).toString('latin1');
  if (!/[\x80-\xff]/.test(text)) return text.split(/[\r\n]/).flatMap(line => readLine(line, 'auto'));
  return [judgeBytes(bytes)];
}
