/** Runs the test files that it is given in this process, one after the other; started by run.ts. */

// uvu's own way to run more than one file: each has a queue of its own, and nothing runs before it is told to.
const queues: [string, ...unknown[]][] = [];
Object.assign(globalThis, { UVU_DEFER: true, UVU_QUEUE: queues });
const { exec } = await import('uvu');
for (const file of process.argv.slice(2)) {
  queues.push([file]);
  Object.assign(globalThis, { UVU_INDEX: queues.length - 1 });
  await import(new URL(file, import.meta.url).href);
}
await exec();
