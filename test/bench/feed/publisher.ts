/** Starts the bench's publisher and gives it orders. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { PublishAnswer, PublishOrder } from './publish-process.ts';

export interface BenchPublisher {
  publish(order: Exclude<PublishOrder, { order: 'end' }>): Promise<PublishAnswer>;
  close(): Promise<void>;
}

const program = fileURLToPath(new URL('./publish-process.js', import.meta.url));

/** @param dir where it makes a feed */
export async function startPublisher(
  dir: string,
  links: number,
  passengers: number,
): Promise<BenchPublisher> {
  const child = fork(program, [dir, String(links), String(passengers)], {
    execArgv: ['--max-old-space-size=4096'],
  });
  let ended = false;
  const failed = once(child, 'exit').then(([code]) => {
    ended = true;
    throw new Error(`the publisher ended with ${code}`);
  });
  failed.catch(() => undefined);
  const next = () => Promise.race([once(child, 'message').then(([message]) => message), failed]);
  await next();
  return {
    publish(order) {
      const answer = next();
      child.send(order);
      return answer;
    },
    async close() {
      if (ended) return;
      child.send({ order: 'end' });
      await once(child, 'exit');
    },
  };
}
