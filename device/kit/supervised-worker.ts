/** A worker thread that is started again, with backoff, when it dies. */
import { fileURLToPath } from 'node:url';
import { type Transferable, Worker, type WorkerOptions } from 'node:worker_threads';
import { type DeviceError, messageOf } from './errors.ts';
import { keepRunning } from './keep-running.ts';
import { withinTime } from './time.ts';

export interface SupervisedWorkerOptions<Answer>
  extends Pick<WorkerOptions, 'workerData' | 'resourceLimits'> {
  /** A file; not one that awaits anything as it is loaded. */
  readonly program: URL;
  onMessage(message: Answer): void;
  /**
   * The thread died, and not because it was closed.
   * @param cause the error that ended it, if there was one
   * @returns the fault that this is; another thread is started
   */
  onDeath(why: string, cause: unknown): DeviceError;
}

export interface SupervisedWorker<Request> {
  /** @returns whether a thread is there to get the message; if not, nothing is transferred either */
  send(request: Request, transfer?: readonly Transferable[]): boolean;
  /** Ends the thread that is running, as if it had died. */
  kill(): void;
  /** Resolves when the thread is gone. @param farewell asks the thread to end by itself, and how long it may take */
  close(farewell?: { readonly request: Request; readonly limitMs: number }): Promise<void>;
}

/** What a thread says when its program is loaded. */
const loaded = 'loaded';

export function isLoaded(message: unknown): message is typeof loaded {
  return message === loaded;
}

/** Starts the thread at once. */
export function superviseWorker<Request, Answer>(
  options: SupervisedWorkerOptions<Answer>,
): SupervisedWorker<Request> {
  const { program, onMessage, onDeath, ...workerOptions } = options;
  const stop = new AbortController();
  let worker: Worker | undefined;
  let settled: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    let cause: unknown;
    const started = new Worker(loaderOf(program), workerOptions);
    worker = started;
    started.on('error', error => {
      cause = error;
    });
    const exited = new Promise<void>(resolve => started.on('exit', () => resolve()));
    settled = Promise.race([
      exited,
      new Promise<void>(resolve => {
        started.on('message', (message: Answer | typeof loaded) =>
          isLoaded(message) ? resolve() : onMessage(message),
        );
      }),
    ]);
    await exited;
    worker = undefined;
    if (!stop.signal.aborted) throw onDeath(cause === undefined ? 'ended' : messageOf(cause), cause);
  }

  /** Node (20.19) aborts the whole process when a thread is terminated while it loads a module by `require`. */
  async function terminate(): Promise<void> {
    const ending = worker;
    await settled;
    await ending?.terminate();
  }

  const running = keepRunning(run, stop.signal);
  return {
    send(request, transfer = []) {
      worker?.postMessage(request, transfer);
      return worker !== undefined;
    },
    kill: () => void terminate(),
    async close(farewell) {
      stop.abort();
      if (farewell !== undefined) {
        worker?.postMessage(farewell.request);
        await withinTime(running, farewell.limitMs, () => undefined);
      }
      await terminate();
      await running;
    },
  };
}

/**
 * By `require`, which opens one file after the other; `import` would open all that a thread loads at once. As a module, because
 * Node leaves out what `--import` names, such as the simulator's wrong clock, in a thread of evaluated text.
 */
export function loaderOf(program: URL): URL {
  const load = `createRequire(${JSON.stringify(program)})(${JSON.stringify(fileURLToPath(program))})`;
  const text = `import { createRequire } from 'node:module';
import { parentPort } from 'node:worker_threads';
${load};
parentPort.postMessage(${JSON.stringify(loaded)});`;
  return new URL(`data:text/javascript,${encodeURIComponent(text)}`);
}
