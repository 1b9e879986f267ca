/** Runs the parts of the bench one after the other, keeps the figures of each, and tells at the end what went wrong. */
import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PartMessage } from './part.ts';
import { type Failure, type Figure, report, saveFigures, say } from './report.ts';

export interface PartProgram {
  readonly name: string;
  /** Calls `runPart`. */
  readonly program: URL;
  /** How the names of its figures begin: those of an earlier run are forgotten before it runs. */
  readonly figures: readonly string[];
}

interface PartResult {
  readonly figures: readonly Figure[];
  readonly failures: readonly Failure[];
}

/**
 * @param file bench.json; the parts' scratch directories are beside it for as long as the bench runs: a temporary
 *   directory may be in memory, where fsync costs nothing
 * @returns whether all went well and every required figure is met
 */
export async function runBench(parts: readonly PartProgram[], file: string): Promise<boolean> {
  mkdirSync(dirname(file), { recursive: true });
  const scratch = mkdtempSync(join(dirname(file), 'bench-'));
  const results: PartResult[] = [];
  try {
    for (const part of parts) {
      const result = await runPartProgram(part, join(scratch, part.name));
      results.push(result);
      saveFigures(file, part.figures, result.figures);
    }
  } finally {
    rmSync(scratch, { recursive: true });
  }
  say(
    `load average ${loadavg()[0]?.toFixed(1)} on ${cpus().length} cores: above that, the p99 are the neighbours'`,
  );
  return report(
    results.flatMap(({ figures }) => figures),
    results.flatMap(({ failures }) => failures),
  );
}

async function runPartProgram({ name, program }: PartProgram, directory: string): Promise<PartResult> {
  mkdirSync(directory);
  const figures: Figure[] = [];
  const failures: Failure[] = [];
  let hasEnded = false;
  // Figures may be NaN, which JSON has not.
  const child = fork(fileURLToPath(program), [name, directory], { serialization: 'advanced' });
  child.on('message', message => {
    const told = message as PartMessage;
    if (told.kind === 'figures') figures.push(...told.figures);
    else if (told.kind === 'failed') failures.push(told.failure);
    else hasEnded = true;
  });
  const how = await new Promise<string>(resolve => {
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  if (!hasEnded) {
    const why = `its process ended with ${how}`;
    say(`${name}: FAILED: ${why}`);
    failures.push({ measurement: name, why, isMissing: false });
  }
  rmSync(directory, { recursive: true });
  return { figures, failures };
}
