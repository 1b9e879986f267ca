/**
 * One firmware process and its supervisor: started again when it ends by itself, its log read line by line; and what can be
 * wrong with the machine it runs on, which stays wrong over restarts.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { dyingWithUs, isSetprivThere } from '../../drivers/dies-with-us.ts';
import { setDiskFull, withFullDisk } from '../wires/full-disk.ts';

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
  /** Resolves when the process that comes after this one is ready, or has had time enough. */
  restarted(): Promise<void>;
  /** Whether its disk takes nothing more. */
  fillDisk(isFull: boolean): void;
  /** By how much the machine's clock is wrong from the next start on. */
  skewClock(offsetMs: number): void;
  /** SIGTERM, and waits for its end. */
  stop(): Promise<void>;
}

const restartMs = 500;
const readyLimitMs = 10_000;
const wrongSettings = 2;
const firmware = fileURLToPath(new URL('../../device/main.js', import.meta.url));
const wrongClock = new URL('../wires/wrong-clock.js', import.meta.url);

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
  let isDiskFull = false;
  let offsetMs = 0;
  const waiting = new Set<(ready: ChildProcess) => void>();
  // Should the simulator end without stopping it: nobody would know of it any more.
  const killWithUs = () => void child.kill('SIGKILL');
  process.on('exit', killWithUs);
  let restart: NodeJS.Timeout | undefined;

  function start(): void {
    const command = [process.execPath, ...nodeOptions, firmware, 'run', '--config', configFile];
    const [program = '', ...words] = endingWithUs(isDiskFull ? withFullDisk(command) : command);
    const started = spawn(program, words, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: environment(offsetMs),
    });
    child = started;
    createInterface({ input: started.stderr }).on('line', text => hear(started, parse(text)));
    child.on('exit', (code, signal) => {
      onLog({ event: 'exit', level: 'info', code, signal });
      if (!stopping && code !== wrongSettings) restart = setTimeout(start, restartMs);
    });
  }

  function hear(from: ChildProcess, line: LogLine): void {
    onLog(line);
    if (line.event === 'ready') for (const tell of waiting) tell(from);
  }

  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;

  start();
  return {
    get pid() {
      return child.pid;
    },
    cutPower: () => void child.kill('SIGKILL'),
    restarted() {
      const before = child;
      return new Promise(resolve => {
        const end = () => {
          clearTimeout(timer);
          waiting.delete(tell);
          resolve();
        };
        const tell = (ready: ChildProcess) => {
          if (ready !== before) end();
        };
        const timer = setTimeout(end, readyLimitMs).unref();
        waiting.add(tell);
      });
    },
    fillDisk(isFull) {
      if (child.pid !== undefined && !hasEnded()) setDiskFull(child.pid, isFull);
      isDiskFull = isFull;
    },
    skewClock(by) {
      offsetMs = by;
    },
    async stop() {
      stopping = true;
      process.off('exit', killWithUs);
      clearTimeout(restart);
      if (hasEnded()) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Also when we are killed outright, where util-linux is there to ask the kernel for it. */
function endingWithUs(command: readonly string[]): readonly string[] {
  return isSetprivThere() ? dyingWithUs(command) : command;
}

/** Node's options come from there to worker threads and child processes as well. */
function environment(offsetMs: number): NodeJS.ProcessEnv {
  if (offsetMs === 0) return process.env;
  const given = process.env.NODE_OPTIONS ?? '';
  return { ...process.env, NODE_OPTIONS: `${given} --import ${wrongClock}?offsetMs=${offsetMs}`.trim() };
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
