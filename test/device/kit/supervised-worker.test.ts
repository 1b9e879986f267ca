import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as assert from 'uvu/assert';
import { DeviceError } from '../../../device/kit/errors.ts';
import { superviseWorker } from '../../../device/kit/supervised-worker.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

/** Answers with its data and the request; `die` ends it by an error, `grow` by all its memory, `exit` without one, `end` when it likes. */
const program = `
    import { parentPort, workerData } from 'node:worker_threads';
    parentPort.on('message', request => {
      if (request === 'die') throw new Error('died of it');
      if (request === 'exit') process.exit();
      if (request === 'grow') for (const all = []; ; ) all.push(Array.from({ length: 1000 }, Math.random));
      parentPort.postMessage(workerData + ' ' + request);
      if (request === 'end') parentPort.close();
    });
    parentPort.postMessage('started');`;

function start(context: TestContext) {
  const file = join(temporaryDirectory(context), 'program.mjs');
  writeFileSync(file, program);
  const heard: string[] = [];
  const deaths: string[] = [];
  const worker = superviseWorker<string, string>({
    program: pathToFileURL(file),
    workerData: 'yes,',
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
    onMessage: message => heard.push(message),
    onDeath(why, cause) {
      deaths.push(why);
      return new DeviceError('disconnected', 'worker', why, cause);
    },
  });
  context.after(() => worker.close());
  const hears = (message: string, times = 1) =>
    until(message, () => heard.filter(each => each === message).length >= times);
  return { worker, heard, deaths, hears };
}

suite('supervised worker', test => {
  test('sends and hears', async context => {
    const { worker, hears } = start(context);
    assert.ok(worker.send('hello'));
    await hears('yes, hello');
  });

  test('one that dies is told, with its error if there is one, and started again', async context => {
    const { worker, hears, deaths } = start(context);
    worker.send('die');
    await hears('started', 2);
    assert.equal(deaths, ['died of it']);
    worker.send('exit');
    await hears('started', 3);
    worker.kill();
    await hears('started', 4);
    assert.equal(deaths, ['died of it', 'ended', 'ended']);
    worker.send('hello');
    await hears('yes, hello');
  });

  test('one that takes all its memory is ended, not the process, and started again', async context => {
    const { worker, deaths, hears } = start(context);
    await hears('started');
    worker.send('grow');
    await until('told', () => deaths.length > 0);
    assert.match(String(deaths[0]), /memory limit/);
    await hears('started', 2);
  });

  test('while none is running nothing is sent, and nothing transferred', async context => {
    const { worker, hears } = start(context);
    await hears('started');
    await worker.close();
    const { buffer } = new Uint8Array(4);
    assert.not(worker.send('hello', [buffer]));
    assert.is(buffer.byteLength, 4);
  });

  test('closing is no death, also when the thread is asked to end by itself', async context => {
    const { worker, hears, heard, deaths } = start(context);
    await hears('started');
    await worker.close({ request: 'end', limitMs: 60_000 });
    assert.equal(heard, ['started', 'yes, end']);
    assert.equal(deaths, []);
  });

  test('one that does not end by itself is ended', async context => {
    const { worker, hears, deaths } = start(context);
    await hears('started');
    await worker.close({ request: 'hello', limitMs: 1 });
    assert.equal(deaths, []);
  });

  test('one that is still loading is ended when it has loaded: before, Node would abort the process', async context => {
    const file = join(temporaryDirectory(context), 'slow.mjs');
    writeFileSync(
      file,
      `import { workerData } from 'node:worker_threads';
      Atomics.wait(workerData, 0, 0);
      Atomics.store(workerData, 1, 1);
      setInterval(() => {}, 1000);`,
    );
    const shared = new Int32Array(new SharedArrayBuffer(8));
    const worker = superviseWorker<string, string>({
      program: pathToFileURL(file),
      workerData: shared,
      onMessage: () => {},
      onDeath: why => new DeviceError('disconnected', 'worker', why),
    });
    const closed = worker.close();
    Atomics.store(shared, 0, 1);
    Atomics.notify(shared, 0);
    await closed;
    assert.is(Atomics.load(shared, 1), 1, 'it had loaded');
  });
});
