/**
 * Registrations through the real site, at rates that rise to where this machine stops: an open loop, in which passengers come
 * whether the site keeps up or not, and everything they wait for counts.
 *
 * The opening day was to bring 2 million registrations, a quarter of them in the first hour: 140 a second.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { residentMb } from '../process-memory.ts';
import { type Figure, say } from '../report.ts';
import { type Quantiles, quantile, quantilesOf } from '../statistics.ts';
import { type Crowd, gatherCrowd } from './crowd.ts';
import { type Office, startOffice } from './office.ts';
import { writeRegister } from './passengers.ts';

const openingDayPerS = 140;
const rates = [35, 70, openingDayPerS, 170, 200, 240, 290, 350, 420, 500, 600, 720, 860, 1030];
const secondsEach = 15;
const warmUp = { perS: 100, seconds: 10 };
const passengers = 100_000;
/** Of a whole registration, p99. Beyond it the site does not keep up: what waits grows for as long as the rate lasts. */
const keptUpMs = 1000;
const publicUrl = 'https://upgrade.example';

interface Rung {
  readonly perS: number;
  readonly donePerS: number;
  readonly registration: Quantiles;
  readonly request: Quantiles;
  readonly keptUp: boolean;
}

export async function measureSite(directory: string): Promise<Figure[]> {
  mkdirSync(directory, { recursive: true });
  const register = join(directory, 'media.csv');
  writeRegister(register, passengers);
  const office = await startOffice(join(directory, 'data'), register);
  const crowd = await gatherCrowd(office.url, publicUrl);
  try {
    return figuresOf(await climb(office, crowd));
  } finally {
    await crowd.close();
    await office.stop();
    rmSync(directory, { recursive: true });
  }
}

/** Up to the first rate that is too much. */
async function climb(office: Office, crowd: Crowd): Promise<Rung[]> {
  await crowd.come(warmUp.perS, warmUp.seconds);
  const rungs: Rung[] = [];
  for (const perS of rates) {
    const rung = await measureRate(office, crowd, perS);
    rungs.push(rung);
    if (!rung.keptUp) break;
  }
  return rungs;
}

async function measureRate(office: Office, crowd: Crowd, perS: number): Promise<Rung> {
  const cpuBefore = office.cpuS();
  const { registrationsMs, requestsMs, lateMs, tookS, cpuS, failures } = await crowd.come(perS, secondsEach);
  const registration = quantilesOf(registrationsMs);
  const request = quantilesOf(requestsMs);
  const keptUp = failures.length === 0 && registration.p99 <= keptUpMs;
  const cores = (office.cpuS() - cpuBefore) / tookS;
  say(
    `  ${perS} registrations a second: p50 ${ms(registration.p50)}, p99 ${ms(registration.p99)}; ` +
      `a request p50 ${ms(request.p50)}, p99 ${ms(request.p99)}; ` +
      `${cores.toFixed(2)} cores (the crowd ${(cpuS / tookS).toFixed(2)}), ${residentMb(office.pid).toFixed(0)} MB; ` +
      `passengers late p99 ${ms(quantile(lateMs, 0.99))}` +
      (failures.length > 0 ? `; ${failures.length} failed: ${failures[0]}` : ''),
  );
  return { perS, donePerS: registrationsMs.length / tookS, registration, request, keptUp };
}

function figuresOf(rungs: readonly Rung[]): Figure[] {
  const openingDay = rungs.find(({ perS }) => perS === openingDayPerS);
  const highest = rungs.findLast(({ keptUp }) => keptUp);
  const byRate = (of: (rung: Rung) => number) =>
    Object.fromEntries(rungs.map(rung => [String(rung.perS), of(rung)]));
  return [
    { name: 'registration.perS', value: highest?.donePerS ?? 0, required: { atLeast: openingDayPerS } },
    { name: 'registration.p99Ms', value: openingDay?.registration.p99 ?? Number.NaN },
    { name: 'registration.requestP99Ms', value: openingDay?.request.p99 ?? Number.NaN },
    { name: 'registration.p50MsAtRate', value: byRate(({ registration }) => registration.p50) },
    { name: 'registration.p99MsAtRate', value: byRate(({ registration }) => registration.p99) },
  ];
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
