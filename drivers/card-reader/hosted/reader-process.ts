/**
 * One process of a hosted card reader, from its fork to its end, which is always SIGKILL: what hangs in native code
 * hears nothing else. A process that is silent for too long, or breaks the protocol, is ended.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { DeviceError } from '../../../device/kit/errors.ts';
import { createWatchdog } from '../../../device/kit/time.ts';
import { encode, type News, type Order, parseNews } from './messages.ts';

export interface ReaderProcess {
  order(order: Order): void;
  /** Ends it at once. @param reason why, unless it is ending already */
  kill(reason: DeviceError): void;
  /** Resolves, once it is gone, to the reason. */
  readonly ended: Promise<DeviceError>;
}

export interface ReaderProcessOptions {
  readonly name: string;
  /** The program, which calls `serve`. */
  readonly program: URL;
  readonly env: NodeJS.ProcessEnv;
  /** A process that is silent for this long hangs. */
  readonly heartbeatTimeoutMs: number;
  onNews(news: Exclude<News, { say: 'alive' }>): void;
}

/** A loaded machine may need this long to start a program. */
const startLimitMs = 5000;
const beatMs = 500;
const keptComplaintLength = 300;

export function startReaderProcess({
  name,
  program,
  env,
  heartbeatTimeoutMs,
  onNews,
}: ReaderProcessOptions): ReaderProcess {
  const child = fork(program, {
    execArgv: ['--max-semi-space-size=4', '--no-deprecation'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, ...env },
  });
  let reason: DeviceError | undefined;
  const beating = setInterval(() => order({ say: 'beat' }), beatMs);
  const silence = createWatchdog(heartbeatTimeoutMs, () =>
    kill(new DeviceError('timeout', name, 'the reader’s process does not answer')),
  );

  function order(order: Order): void {
    if (child.connected) child.send(encode(order), () => {});
  }

  function kill(why: DeviceError): void {
    reason ??= why;
    silence.stop();
    child.kill('SIGKILL');
  }

  child.on('message', message => {
    if (reason !== undefined) return;
    silence.restart();
    const news = parseNews(message);
    if (news === undefined) kill(new DeviceError('protocol', name, 'the reader’s process talks nonsense'));
    else if (news.say !== 'alive') onNews(news);
  });
  const complaint = lastWordsOf(child);
  const ended = new Promise<DeviceError>(resolve => {
    const end = (how: string, cause?: unknown) => {
      silence.stop();
      clearInterval(beating);
      reason ??= new DeviceError(
        'disconnected',
        name,
        `the reader’s process ended: ${how}${complaint()}`,
        cause,
      );
      resolve(reason);
    };
    child.once('close', (code, signal) => end(signal ?? `exit ${code}`));
    child.once('error', error => {
      if (child.pid === undefined) end('it could not be started', error);
    });
  });
  silence.restart(Math.max(startLimitMs, heartbeatTimeoutMs));

  return {
    order,
    kill,
    ended,
  };
}

/** What it wrote on standard error before it ended, for whoever looks for the cause. */
function lastWordsOf({ stderr }: ChildProcess): () => string {
  let kept = '';
  stderr?.setEncoding('utf8').on('data', (text: string) => {
    kept = (kept + text).slice(-keptComplaintLength);
  });
  return () => {
    const words = kept.trim().replaceAll(/\s+/g, ' ');
    return words === '' ? '' : `: ${words}`;
  };
}
