import * as assert from 'uvu/assert';
import { createPcscReader } from '../../../../drivers/card-reader/pcsc/pcsc.ts';
import { startPcscd } from '../../../../sim/wires/pcscd.ts';
import { insertCard } from '../../../../sim/wires/vpcd-card.ts';
import { echoCard } from '../../../contract/card-reader-stand.ts';
import { suite } from '../../../harness.ts';
import { openAndSee } from '../seen-events.ts';
import { pcscdNeeded } from './pcscd-needed.ts';

/** pcscd needs some 0.8 s for a virtual card to come and go: so many at a time. */
const readers = 8;
const tapsEach = 25;

suite('pcsc reader', test => {
  test.needing(
    pcscdNeeded,
    `takes ${readers * tapsEach} taps on ${readers} readers without losing one`,
    async context => {
      const names = Array.from({ length: readers }, (_, i) => `Door ${i}`);
      const pcscd = await startPcscd(names);
      context.after(() => pcscd.close());
      await Promise.all(
        names.map(async (name, i) => {
          const reader = createPcscReader({
            name,
            reader: name,
            apduTimeoutMs: 600_000,
            heartbeatTimeoutMs: 600_000,
            socket: pcscd.socket,
          });
          context.after(() => reader.close());
          const seen = openAndSee(reader);
          await seen.nth('ready', 1);
          for (let tap = 1; tap <= tapsEach; tap++) {
            const held = await insertCard({ host: '127.0.0.1', port: pcscd.ports[i] ?? 0, card: echoCard });
            await seen.nth('inserted', tap);
            const answer = await seen.cards[tap - 1]?.transmit(Uint8Array.of(0, 0xb0, 0, i, tap));
            assert.equal([...(answer ?? [])], [tap, 0x90, 0x00]);
            await held.remove();
            await seen.nth('removed', tap);
          }
          const slots = reader.slots?.() ?? [];
          assert.ok(
            names.every(door => slots.some(slot => slot.name.includes(door))),
            JSON.stringify(slots),
          );
          assert.equal(
            slots.filter(({ isUsed }) => isUsed).map(({ name: used }) => used.includes(name)),
            [true],
          );
          assert.equal(seen.faults, []);
          assert.is(seen.log.length, 1 + 2 * tapsEach);
        }),
      );
    },
    120_000,
  );
});
