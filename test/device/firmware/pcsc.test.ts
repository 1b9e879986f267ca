import * as assert from 'uvu/assert';
import type { LogLine } from '../../../sim/bus/firmware-process.ts';
import { startPcscd } from '../../../sim/wires/pcscd.ts';
import { insertCard } from '../../../sim/wires/vpcd-card.ts';
import { childrenOf, commandOf, isAlive, memoryOf } from '../../drivers/card-reader/children.ts';
import { pcscdNeeded } from '../../drivers/card-reader/pcsc/pcscd-needed.ts';
import { suite, until } from '../../harness.ts';
import { startStand } from './stand.ts';

const maxMiB = 250;

suite('firmware with a PC/SC reader', test => {
  test.needing(
    pcscdNeeded,
    'starts before pcscd, takes cards once it is there, leaves nothing when killed',
    async context => {
      const pcscd = await startPcscd(['Virtual PCD']);
      context.after(() => pcscd.close());
      await pcscd.kill();
      const limits = { apduTimeoutMs: 60_000, heartbeatTimeoutMs: 60_000 };
      const cardReaders = [{ name: 'card', driver: 'pcsc', socket: pcscd.socket, ...limits }];
      const stand = await startStand(context, { settings: { cardReaders } });
      const ofReader = (line: LogLine) => line.part === 'card-reader';
      const fault = await until('the fault', () =>
        stand.log.find(line => line.event === 'part-fault' && ofReader(line)),
      );
      assert.match(String(fault.problem), /pcscd does not answer/);
      const from = stand.log.length;
      await pcscd.start();
      await until('the reader', () =>
        stand.log.slice(from).find(line => line.event === 'part-ready' && ofReader(line)),
      );
      const outcome = await stand.present(() =>
        insertCard({ host: '127.0.0.1', port: pcscd.ports[0] ?? 0, card: stand.crowd.tUnion('green') }),
      );
      assert.is(outcome.verdict, 'pass');
      const { pid = 0 } = stand.post.firmware;
      const children = childrenOf(pid);
      const readers = children.filter(child => commandOf(child).includes('pcsc/program.js'));
      assert.is(readers.length, 1);
      const mib = { firmware: memoryOf(pid), reader: memoryOf(readers[0] ?? 0) };
      process.stdout.write(`resident, MiB: ${JSON.stringify(mib)}\n`);
      assert.ok(mib.firmware <= maxMiB, JSON.stringify(mib));
      stand.post.firmware.cutPower();
      await until('the end of its children', () => !children.some(isAlive));
    },
  );
});
