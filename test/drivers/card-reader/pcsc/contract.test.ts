import { createPcscReader } from '../../../../drivers/card-reader/pcsc/pcsc.ts';
import { startPcscd } from '../../../../sim/wires/pcscd.ts';
import { insertCard } from '../../../../sim/wires/vpcd-card.ts';
import { testCardReader } from '../../../contract/card-reader.ts';
import { pcscdNeeded } from './pcscd-needed.ts';

const host = '127.0.0.1';
const waits =
  'vpcd waits for the card without a limit, and pcscd with it: nobody is told that a card is there';
const unnumbered = 'vpcd takes the next bytes for the next answer; the messages of a USB reader are numbered';

testCardReader(
  'pcsc',
  async (context, apduTimeoutMs) => {
    const pcscd = await startPcscd(['Virtual PCD']);
    context.after(() => pcscd.close());
    const [port = 0] = pcscd.ports;
    return {
      reader: createPcscReader({
        name: 'front reader',
        apduTimeoutMs,
        heartbeatTimeoutMs: 600_000,
        socket: pcscd.socket,
      }),
      insert: (card, ...faults) => insertCard({ host, port, card, faults }),
    };
  },
  {
    needs: pcscdNeeded,
    // Two hundred on several readers: taps.test.ts.
    taps: 3,
    // pcscd looks at such a reader every 400 ms, and cannot tell a card from one that took its place meanwhile.
    emptyFieldMs: 600,
    cannotShow: {
      'never gives an ATR': waits,
      'gives half an ATR and stalls': waits,
      'leaves during power-up':
        'vpcd looks for a card by asking its ATR: pcscd is never told (faults.test.ts has one)',
      floods: unnumbered,
      'answers twice': unnumbered,
    },
  },
);
