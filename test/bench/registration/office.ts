/** The back office as a city would run it: its own process, behind a proxy that speaks https. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

export interface Office {
  readonly url: string;
  /** Seconds of processor time used so far, all its threads together. */
  cpuS(): number;
  readonly pid: number;
  /** @throws when it has ended by itself, or has logged a warning or an error */
  stop(): Promise<void>;
}

const program = fileURLToPath(new URL('../../../sim/main.js', import.meta.url));
const readySchema = z.object({ site: z.string() });
/** The first ones say it all. */
const maxComplaints = 5;
/** Of /proc/PID/stat. */
const ticksPerS = 100;
/** Everything else is as usual: limits on requests and codes, the health-code source, publication. */
const settings = ['--sim', '--https', '--trust-proxy', '127.0.0.1', '--ask-every-s', '600'];

/** @param media who owns what */
export async function startOffice(data: string, media: string): Promise<Office> {
  const words = [program, 'backoffice', '--data', data, '--media', media, ...settings];
  const office = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(office, 'exit');
  const complaints: string[] = [];
  createInterface(office.stderr).on('line', line => {
    if (!line.includes('"level":"info"') && complaints.length < maxComplaints) complaints.push(line);
  });
  const first = once(createInterface(office.stdout), 'line').then(([line]) => String(line));
  const failed = ended.then(([code]) => {
    throw new Error(`the back office ended with ${code}: ${complaints.join('\n')}`);
  });
  failed.catch(() => undefined);
  const { site } = readySchema.parse(JSON.parse(await Promise.race([first, failed])));
  return {
    url: site,
    pid: office.pid ?? Number.NaN,
    cpuS() {
      const fields = readFileSync(`/proc/${office.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) / ticksPerS;
    },
    async stop() {
      const isRunning = office.exitCode === null && office.signalCode === null;
      if (isRunning) office.kill('SIGTERM');
      await ended;
      if (!isRunning || complaints.length > 0)
        throw new Error(`the back office complained: ${complaints.join('\n')}`);
    },
  };
}
