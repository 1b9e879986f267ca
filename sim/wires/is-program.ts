/** Whether a program is installed, those for the system's administrator included. */
import { execFileSync } from 'node:child_process';

export function isProgram(name: string): boolean {
  try {
    execFileSync('sh', ['-c', 'PATH=$PATH:/usr/sbin command -v "$1"', 'sh', name], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
