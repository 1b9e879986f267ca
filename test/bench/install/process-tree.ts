/** What a process and all that it has started take together. */
import { readdirSync, readFileSync } from 'node:fs';
import { residentMb } from '../process-memory.ts';

/** Linux tells processor time in ticks of this length on every machine that Node runs on. */
const tickMs = 10;

/** Processor time so far, in user and kernel mode, of those that run now. */
export function processorMs(pid: number): number {
  const ticks = treeOf(pid).map(each => {
    const [, fields = ''] = readFileSync(`/proc/${each}/stat`, 'utf8').split(') ');
    const [user, kernel] = fields.split(' ').slice(11, 13).map(Number);
    return (user ?? 0) + (kernel ?? 0);
  });
  return tickMs * ticks.reduce((sum, each) => sum + each, 0);
}

/** What they share is counted each time. */
export function residentMbOfAll(pid: number): number {
  return treeOf(pid).reduce((sum, each) => sum + residentMb(each), 0);
}

function treeOf(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap(thread =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(treeOf)];
}
