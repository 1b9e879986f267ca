/** Starts the processes that the crowd is in, and sends them to the site. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { sum } from '../statistics.ts';
import type { CrowdAnswer, CrowdOrder } from './crowd-process.ts';

export interface Crowd {
  /** New passengers each time, so many a second. Resolves once all are through. */
  come(perS: number, seconds: number): Promise<CrowdAnswer>;
  close(): Promise<void>;
}

const processes = 2;
const program = fileURLToPath(new URL('./crowd-process.js', import.meta.url));

/** @param publicUrl what passengers type, where a proxy hands it on to `url` */
export async function gatherCrowd(url: string, publicUrl: string): Promise<Crowd> {
  const parts = Array.from({ length: processes }, () => fork(program, [url, publicUrl]));
  await Promise.all(parts.map(messageOf));
  let next = 0;
  return {
    async come(perS, seconds) {
      const count = Math.ceil((perS * seconds) / processes);
      const answers = await Promise.all(
        parts.map(part => {
          const answer = messageOf(part) as Promise<CrowdAnswer>;
          part.send({ count, seconds, first: next } satisfies CrowdOrder);
          next += count;
          return answer;
        }),
      );
      return {
        registrationsMs: answers.flatMap(({ registrationsMs }) => registrationsMs),
        requestsMs: answers.flatMap(({ requestsMs }) => requestsMs),
        lateMs: answers.flatMap(({ lateMs }) => lateMs),
        tookS: Math.max(...answers.map(({ tookS }) => tookS)),
        cpuS: sum(answers.map(({ cpuS }) => cpuS)),
        failures: answers.flatMap(({ failures }) => failures),
      };
    },
    async close() {
      await Promise.all(parts.map(endOf));
    },
  };
}

/** @throws where it ends instead */
async function messageOf(part: ChildProcess): Promise<unknown> {
  const waiting = new AbortController();
  const { signal } = waiting;
  try {
    const ended = once(part, 'exit', { signal }).then(([code]) => {
      throw new Error(`a process of the crowd ended with ${code}`);
    });
    const [message] = await Promise.race([once(part, 'message', { signal }), ended]);
    return message;
  } finally {
    waiting.abort();
  }
}

async function endOf(part: ChildProcess): Promise<void> {
  if (part.exitCode !== null || part.signalCode !== null) return;
  const ended = once(part, 'exit');
  part.disconnect();
  await ended;
}
