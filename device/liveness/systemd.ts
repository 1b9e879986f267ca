/**
 * What systemd is told of a service of Type=notify (sd_notify(3)). Node has no datagram sockets of the local kind, so `systemd-notify` sends
 * the words, started by one shell that is kept: to start processes is dear for a process as large as this one.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { messageOf } from '../kit/errors.ts';
import type { Log } from '../kit/log.ts';

export interface Systemd {
  /** How often it wants to hear that the service lives; undefined where it does not watch. */
  readonly watchdogMs: number | undefined;
  ready(): void;
  alive(): void;
  /** What has been said is still sent when this process is gone. */
  stopping(): void;
}

const sendEach = 'while read -r words; do systemd-notify -- "$words"; done';

/**
 * @param environment what systemd starts a service with; of it, what belongs to the notifications is taken out, so that no other child
 *   speaks for the service
 * @returns undefined where nobody listens
 */
export function openSystemd(environment: NodeJS.ProcessEnv, log: Log): Systemd | undefined {
  const { NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID } = environment;
  for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) delete environment[name];
  if (NOTIFY_SOCKET === undefined) return undefined;
  const isOurs = WATCHDOG_PID === undefined || WATCHDOG_PID === String(process.pid);
  const watchdogMs = Number(WATCHDOG_USEC) / 1000;
  const sender = createSender({ ...environment, NOTIFY_SOCKET }, log);
  return {
    watchdogMs: isOurs && watchdogMs > 0 ? watchdogMs : undefined,
    ready: () => sender.say('READY=1'),
    alive: () => sender.say('WATCHDOG=1'),
    stopping: () => sender.say('STOPPING=1'),
  };
}

function createSender(environment: NodeJS.ProcessEnv, log: Log) {
  let shell: ChildProcess | undefined;

  function start(): ChildProcess {
    const started = spawn('/bin/sh', ['-c', sendEach], {
      env: environment,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const gone = (why: string) => {
      if (shell !== started) return;
      shell = undefined;
      log.warn('systemd-not-told', { why });
    };
    started.on('error', error => gone(messageOf(error)));
    started.on('exit', (code, signal) => gone(signal ?? `exit ${code}`));
    started.stdin?.on('error', error => gone(messageOf(error)));
    started.unref();
    return started;
  }

  return {
    say(words: string) {
      shell ??= start();
      shell.stdin?.write(`${words}\n`);
    },
  };
}
