/**
 * One firmware process under a supervisor, which restarts it when it ends by itself and reads its log line by line. A full
 * disk and a wrong clock outlast restarts: they belong to the machine.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { dyingWithUs, isSetprivThere } from '../../drivers/wire/program.ts';
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
  /** Cuts the power, as kill -9 does; the supervisor starts the process again. */
  cutPower(): void;
  /** Resolves when the next process is ready, at the latest after `readyLimitMs`. */
  restarted(): Promise<void>;
  /** Makes the disk take nothing more, or take data again. */
  fillDisk(isFull: boolean): void;
  /** Sets the error of the machine's clock, from the next start on. */
  skewClock(offsetMs: number): void;
  /** Sends SIGTERM and waits for the end. */
  stop(): Promise<void>;
}

const restartMs = 500;
const readyLimitMs = 60_000;
const wrongSettings = 2;
/** It was told to end, by `shutdown` on its console. */
const asTold = 0;
/** As docs/firmware.md has it started: garbage is collected often, and with it the buffers of frames and wires. */
const smallHeap = '--max-semi-space-size=1';
const built = fileURLToPath(new URL('../../device/main.js', import.meta.url));
const machineClock = new URL('../wires/machine-clock.js', import.meta.url).href;

/**
 * @param onLog gets each line of the log; a line that is not JSON comes as event `stderr`
 * @param nodeOptions Node's options, before the program
 * @param timeFile the time that it shares with other machines (`shared-time.ts`); this computer's unless given
 */
export function startFirmware(
  configFile: string,
  onLog: (line: LogLine) => void,
  nodeOptions: readonly string[] = [],
  timeFile?: string,
): FirmwareProcess {
  let child: ChildProcess;
  let stopping = false;
  let isDiskFull = false;
  let offsetMs = 0;
  const waiting = new Set<(ready: ChildProcess) => void>();
  // If the simulator ends without stopping the firmware, nobody else would.
  const killWithUs = () => void child.kill('SIGKILL');
  process.on('exit', killWithUs);
  let restart: NodeJS.Timeout | undefined;

  function start(): void {
    const command = [
      process.execPath,
      smallHeap,
      ...nodeOptions,
      firmwareProgram(),
      'run',
      '--config',
      configFile,
    ];
    const [program = '', ...words] = endingWithUs(isDiskFull ? withFullDisk(command) : command);
    const started = spawn(program, words, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: environment(offsetMs, timeFile),
    });
    child = started;
    createInterface({ input: started.stderr }).on('line', text => hear(started, parse(text)));
    child.on('exit', (code, signal) => {
      onLog({ event: 'exit', level: 'info', code, signal });
      if (!stopping && code !== wrongSettings && code !== asTold) restart = setTimeout(start, restartMs);
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

/** What the compiler has built beside this, or FIRMWARE: that of a release. */
export function firmwareProgram(): string {
  return process.env.FIRMWARE ?? built;
}

/** The kernel ends the firmware even when we are killed outright; asking it takes util-linux. */
function endingWithUs(command: readonly string[]): readonly string[] {
  return isSetprivThere() ? dyingWithUs(command) : command;
}

/** NODE_OPTIONS reaches worker threads and child processes as well. */
function environment(offsetMs: number, timeFile: string | undefined): NodeJS.ProcessEnv {
  if (offsetMs === 0 && timeFile === undefined) return process.env;
  const given = process.env.NODE_OPTIONS ?? '';
  const clock = new URLSearchParams({ offsetMs: String(offsetMs), ...(timeFile && { file: timeFile }) });
  return { ...process.env, NODE_OPTIONS: `${given} --import ${machineClock}?${clock}`.trim() };
}

function parse(text: string): LogLine {
  try {
    const line: unknown = JSON.parse(text);
    if (typeof line === 'object' && line !== null && 'event' in line && 'level' in line)
      return line as LogLine;
  } catch {
    // Not a line of the log: Node itself reports a crash.
  }
  return { event: 'stderr', level: 'error', text };
}
