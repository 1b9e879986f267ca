/** A process's memory as the kernel counts it. */
import { existsSync, readFileSync } from 'node:fs';
import { NotMeasured } from './part.ts';

/** Megabytes it has now. */
export function residentMb(pid: number): number {
  return readMb(pid, 'VmRSS');
}

/** The most it has ever had, in megabytes. */
export function peakMb(pid: number): number {
  return readMb(pid, 'VmHWM');
}

function readMb(pid: number, field: string): number {
  if (!existsSync('/proc/self/status')) throw new NotMeasured('there is no /proc, which only Linux has');
  const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(
    readFileSync(`/proc/${pid}/status`, 'utf8'),
  )?.[1];
  return Number(kilobytes) / 1024;
}
