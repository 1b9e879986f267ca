/** A process that seals rows, tells them in hex, one a line, and then waits to be looked at. */
import { setTimeout as delay } from 'node:timers/promises';
import { openRowSealer } from '../../../sync/uplink/row-sealer.ts';

const [officeKey = '', rows = '0'] = process.argv.slice(2);
const sealer = await openRowSealer(Buffer.from(officeKey, 'hex'));
for (let seq = 1; seq <= Number(rows); seq++) {
  const sealed = sealer.seal(Buffer.alloc(128, ' '), { device: 'a', epoch: 1, seq });
  process.stdout.write(`${Buffer.from(sealed).toString('hex')}\n`);
  await delay(2);
}
// What nobody holds any more is given back, as it is sooner or later.
for (let i = 0; i < 5; i++) {
  globalThis.gc?.();
  await delay(20);
}
process.stdout.write('done\n');
setInterval(() => undefined, 1000);
