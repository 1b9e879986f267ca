/**
 * Takes the notice off a text display when the firmware is dead or stopped: a screen keeps its last picture, and nobody may read
 * 请上车 from a validator that works no more.
 *
 * A shell holds the display's own descriptor, and hears a beat twice a second. A pipe that ends, or 1.4 s without a beat, and it
 * draws a last frame. A shell takes a few milliseconds and 2 MB where a process of ours would take 40 MB. It leads a
 * session of its own, so that what ends the firmware's group leaves it. bash waits for a beat by itself; any other shell starts
 * two programs for each beat, which takes a hundredth of a processor.
 *
 * Trap: Node makes a descriptor blocking if the child has it as its input or output, for this process too. So it is number 3.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { isProgram } from '../wire/program.ts';

const beatMs = 500;
const silenceS = '1.4';
/** A beat this late: the keeper has taken the notice down, and it is to be drawn again. */
const lateMs = 1200;

const script = `
trap '' HUP INT TERM
while :; do
  if [ -n "$BASH_VERSION" ]; then read -r -n 1 -t "$2" beat; else beat=$(timeout "$2" head -c 1 3>&-); fi
  case "$?$beat" in
    0.) ;;
    0|1) printf %s "$1" >&3; exit ;;
    *) printf %s "$1" >&3; if [ -n "$BASH_VERSION" ]; then read -r -n 1; else head -c 1 >/dev/null 3>&-; fi || exit ;;
  esac
done
`;

export interface Keeper {
  stop(): void;
}

/**
 * @param descriptor of the display
 * @param lastFrame what is to be seen when the firmware is gone
 * @param cameBack called when this process has been stopped for so long that the notice was taken down
 */
export function startKeeper(descriptor: number, lastFrame: string, cameBack: () => void): Keeper {
  let beatAt = performance.now();
  let child = start();

  function start(): ChildProcess {
    const stdio = ['pipe', 'ignore', 'ignore', descriptor] as const;
    const shell = spawn(
      isProgram('bash') ? 'bash' : 'sh',
      ['-c', script, 'display-keeper', lastFrame, silenceS],
      {
        stdio: [...stdio],
        detached: true,
        env: { ...process.env, LC_ALL: 'C' }, // elsewhere bash may read no decimal point
      },
    );
    // Where there is no shell, nobody keeps the display.
    shell.on('error', () => {});
    shell.stdin?.on('error', () => {});
    return shell;
  }

  function beat(): void {
    const now = performance.now();
    if (child.exitCode !== null || child.signalCode !== null) child = start();
    child.stdin?.write('.');
    if (now - beatAt > lateMs) cameBack();
    beatAt = now;
  }

  const beating = setInterval(beat, beatMs);
  beat();
  return {
    stop() {
      clearInterval(beating);
      child.kill('SIGKILL');
    },
  };
}

/** @returns undefined for a stream that has none */
export function descriptorOf(stream: object): number | undefined {
  const { fd, _handle, port } = stream as Readonly<Record<string, unknown>>;
  const candidates = [fd, Object(_handle).fd, Object(port).fd];
  return candidates.find((candidate): candidate is number => typeof candidate === 'number' && candidate >= 0);
}
