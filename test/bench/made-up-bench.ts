/**
 * A bench of made-up parts, each of which ends in its own way: `node made-up-bench.js BENCH_JSON PART...`. It is the
 * parts' own program too.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { NotMeasured, type Part, runPart } from './part.ts';
import { runBench } from './run-bench.ts';

const one = (name: string) => () => Promise.resolve([{ name, value: 1, required: { atMost: 2 } }]);
const fail = (error: Error) => () => Promise.reject(error);

const parts: Readonly<Record<string, (part: Part) => Promise<void>>> = {
  async fine({ measure }) {
    await measure('one', one('fine.one'));
  },
  async misses({ measure }) {
    await measure('one', () => Promise.resolve([{ name: 'misses.one', value: 3, required: { atMost: 2 } }]));
  },
  async 'fails-once'({ measure }) {
    await measure('bad', fail(new Error('no notice', { cause: new Error('the camera was silent') })));
    await measure('good', one('fails-once.good'));
  },
  async 'breaks-off'({ measure }) {
    await measure('first', one('breaks-off.first'));
    throw new Error('the publisher ended');
  },
  async crashes({ measure }) {
    await measure('first', one('crashes.first'));
    process.kill(process.pid, 'SIGKILL');
    await sleep(60_000);
  },
  async 'loses-a-promise'({ measure }) {
    await measure('first', one('loses-a-promise.first'));
    void fail(new Error('nobody waits for this'))();
    await sleep(60_000);
  },
  async lacks({ measure }) {
    await measure('something', fail(new NotMeasured('pcscd is not installed')));
    await measure('else', one('lacks.else'));
  },
};

if (process.send !== undefined)
  await runPart(part => parts[process.argv[2] ?? '']?.(part) ?? Promise.resolve());
else {
  const [, , file = '', ...names] = process.argv;
  const programs = names.map(name => ({ name, program: new URL(import.meta.url), figures: [`${name}.`] }));
  process.exitCode = (await runBench(programs, file)) ? 0 : 1;
}
