/** How warm the machine is, by Linux's thermal zones. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Temperature {
  /** As the kernel calls the sensor, such as `cpu-thermal`. */
  readonly zone: string;
  readonly celsius: number;
}

const mostZones = 16;

/** @returns nothing where the machine has no sensor */
export async function readTemperatures(directory = '/sys/class/thermal'): Promise<Temperature[]> {
  const names = await readdir(directory).catch(() => []);
  const zones = names.filter(name => name.startsWith('thermal_zone')).slice(0, mostZones);
  const read = await Promise.all(zones.map(name => readZone(join(directory, name))));
  return read.filter(zone => zone !== undefined);
}

/** A sensor that is switched off answers with an error. */
async function readZone(path: string): Promise<Temperature | undefined> {
  try {
    const [type, milli] = await Promise.all(['type', 'temp'].map(name => readFile(join(path, name), 'utf8')));
    const celsius = Number(milli) / 1000;
    return milli?.trim() === '' || Number.isNaN(celsius) ? undefined : { zone: (type ?? '').trim(), celsius };
  } catch {
    return undefined;
  }
}
