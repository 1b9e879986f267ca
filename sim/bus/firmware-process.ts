/** One firmware process and its supervisor: started again when it ends by itself, its log read line by line. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A line of the firmware's log. */
export interface LogLine {
  readonly event: string;
  readonly level: string;
  readonly [field: string]: unknown;
}

export interface FirmwareProcess {
  /** The process now running. */
  readonly pid: number | undefined;
  /** Cuts its power, as kill -9 does; the supervisor starts it again. */
  cutPower(): void;
  /** SIGTERM, and waits for its end. */
  stop(): Promise<void>;
}

const restartMs = 500;
const wrongSettings = 2;
const firmware = fileURLToPath(new URL('../../device/main.js', import.meta.url));

/**
 * @param onLog called with each line of its log; what is not JSON comes as event `stderr`
 * @param nodeOptions what Node is given before the program
 */
export function startFirmware(
  configFile: string,
  onLog: (line: LogLine) => void,
  nodeOptions: readonly string[] = [],
): FirmwareProcess {
  let child: ChildProcess;
  let stopping = false;
  // Should the simulator end without stopping it: nobody would know of it any more.
  const killWithUs = () => void child.kill('SIGKILL');
  process.on('exit', killWithUs);
  let restart: NodeJS.Timeout | undefined;

  function start(): void {
    child = spawn(process.execPath, [...nodeOptions, firmware, 'run', '--config', configFile], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    if (child.stderr) createInterface({ input: child.stderr }).on('line', text => onLog(parse(text)));
    child.on('exit', (code, signal) => {
      onLog({ event: 'exit', level: 'info', code, signal });
      if (!stopping && code !== wrongSettings) restart = setTimeout(start, restartMs);
    });
  }

  start();
  return {
    get pid() {
      return child.pid;
    },
    cutPower: () => void child.kill('SIGKILL'),
    async stop() {
      stopping = true;
      process.off('exit', killWithUs);
      clearTimeout(restart);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function parse(text: string): LogLine {
  try {
    const line: unknown = JSON.parse(text);
    if (typeof line === 'object' && line !== null && 'event' in line && 'level' in line)
      return line as LogLine;
  } catch {
    // Not a line of the log: what Node itself says of a crash.
  }
  return { event: 'stderr', level: 'error', text };
}
