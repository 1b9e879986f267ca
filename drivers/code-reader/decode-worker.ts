/** The worker thread's side of the decoder: opens the engine, warms it up, answers one frame after another. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Effort, EngineName, GreyFrame } from './engine.ts';
import { type HeldCode, type Look, lookAt } from './look.ts';
import { openEngine, warmUp } from './open-engine.ts';

export interface DecodeRequest {
  readonly id: number;
  readonly frame: GreyFrame;
  readonly effort: Effort;
  readonly held: readonly HeldCode[];
}

export type DecodeAnswer =
  | { readonly kind: 'started'; readonly engine: EngineName; readonly fallback: string | undefined }
  | { readonly kind: 'decoded'; readonly id: number; readonly look: Look };

void run();

async function run(): Promise<void> {
  const { engine, fallback } = await openEngine(workerData.engine);
  warmUp(engine);
  parentPort?.on('message', ({ id, frame, effort, held }: DecodeRequest) => {
    answer({ kind: 'decoded', id, look: lookAt(engine, frame, effort, held) });
  });
  answer({ kind: 'started', engine: engine.name, fallback });
}

function answer(message: DecodeAnswer): void {
  parentPort?.postMessage(message);
}
