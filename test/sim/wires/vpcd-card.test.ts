import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import * as assert from 'uvu/assert';
import { answersStatusWord, leavesAfter, slowBy } from '../../../sim/wires/card-faults.ts';
import { type CardFault, insertCard, type WireCard } from '../../../sim/wires/vpcd-card.ts';
import { suite, type TestContext, until } from '../../harness.ts';

const card: WireCard = {
  atr: Uint8Array.of(0x3b, 0),
  respond: command => Uint8Array.of(command.at(-1) ?? 0, 0x90, 0),
};
const read1 = '0004' + '00b00001';
const read2 = '0004' + '00b00002';

suite('a card on the wire', test => {
  test('answers the ATR and commands, and controls with nothing', async context => {
    const { reader, heard } = await hold(context, card);
    reader.write(Buffer.from(`000101000104${read1}000102${read2}000100`, 'hex'));
    await until('the answers', () => heard() === '00023b00' + '0003019000' + '0003029000');
  });

  test('forgets at power on and at reset', async context => {
    let resets = 0;
    const { reader } = await hold(context, { ...card, reset: () => resets++ });
    reader.write(Buffer.from('000101000102000100', 'hex'));
    await until('two resets', () => resets === 2);
  });

  test('puts the newest fault before the older, and leaves the ATR alone', async context => {
    const faults: CardFault[] = [answersStatusWord(0x6a82), leavesAfter(1), slowBy(1)];
    const { reader, heard } = await hold(context, card, faults);
    reader.write(Buffer.from(`000104${read1}`, 'hex'));
    await until('the status word', () => heard() === '00023b00' + '00026a82');
    reader.write(Buffer.from(read2, 'hex'));
    await once(reader, 'end');
  });

  test('tells that it was dropped, and can be removed then', async context => {
    const { reader, held } = await hold(context, card);
    reader.destroy();
    await held.removed;
    await held.remove();
  });

  test('leaves though the reader does not hang up', async context => {
    const { held, reader } = await hold(context, card);
    reader.pause();
    await held.remove();
  });

  test('has no reader to go to', async () => {
    const error = await insertCard({ host: '127.0.0.1', port: 1, card }).catch((thrown: unknown) => thrown);
    assert.is((error as NodeJS.ErrnoException).code, 'ECONNREFUSED');
  });
});

async function hold({ after }: TestContext, held: WireCard, faults: readonly CardFault[] = []) {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const connection = once(server, 'connection');
  const inserted = await insertCard({ host: '127.0.0.1', port, card: held, faults });
  const [reader] = (await connection) as [Socket];
  after(() => reader.destroy());
  const chunks: Buffer[] = [];
  reader.on('error', () => {});
  reader.on('data', chunk => chunks.push(chunk));
  return { reader, held: inserted, heard: () => Buffer.concat(chunks).toString('hex') };
}
