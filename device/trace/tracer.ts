/** Traces of this validator, one at a time: begun and ended by a technician, or by their limits. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../kit/log.ts';
import type { Config } from '../settings/config.ts';
import type { Capture, CaptureState } from './capture.ts';

export interface TraceState extends CaptureState {
  readonly file: string;
}

export interface Tracer {
  /** The newest trace; undefined for none since the start. */
  state(): TraceState | undefined;
  /** Ends the one before. @param file its name. @throws the system's error */
  start(file: string, seconds: number): Promise<void>;
  /** Resolves when the file is whole. */
  stop(): Promise<void>;
}

export const longestTraceS = 3600;
const maxBytes = 16 << 20;

export interface TracerParts {
  readonly config: Config;
  readonly version: string;
  /** Where the files go; made when it is needed. */
  readonly directory: string;
  readonly log: Log;
  readonly clock: () => number;
}

export function createTracer({ config, version, directory, log, clock }: TracerParts): Tracer {
  let newest: { readonly file: string; readonly capture: Capture } | undefined;

  async function stop(): Promise<void> {
    await newest?.capture.stop('it was ended');
  }

  return {
    state: () => newest && { file: newest.file, ...newest.capture.state() },
    stop,
    async start(file, seconds) {
      await stop();
      // Loaded only for those who trace.
      const { startCapture } = await import('./capture.ts');
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      const path = join(directory, file);
      const application = `fare-validator ${version}`;
      const limits = { maxBytes, maxMs: seconds * 1000 };
      const capture = startCapture({ path, application, lines: linesOf(config), ...limits, clock });
      newest = { file, capture };
      void capture.done.then(() => log.info('trace-ended', { file, ...capture.state() }));
      log.info('trace-begun', { file, seconds });
    },
  };
}

/** Neither cameras, whose pictures are passengers, nor the console, on which a PIN may be typed, nor the bus's network. */
function linesOf({ codeReaders, displays, speakers, crewKeys, doorContact, gnss }: Config) {
  const scanners = codeReaders.filter(({ driver }) => driver !== 'camera');
  const others = [...displays, ...speakers, ...crewKeys, doorContact, gnss].flatMap(part => part?.name ?? []);
  return new Map<string, 'plain' | 'scanner'>([
    ...others.map(name => [name, 'plain'] as const),
    ...scanners.map(({ name }) => [name, 'scanner'] as const),
  ]);
}
