/** A reader's process that misbehaves as its settings say. */
import { serve } from '../../../../drivers/card-reader/hosted/serve.ts';

const conducts: Readonly<Record<string, () => void>> = {
  spin() {
    while (true) performance.now();
  },
  crash: () => process.abort(),
  throw() {
    throw new Error('the binding broke');
  },
  nonsense: () => void process.send?.({ say: 'inserted', card: -1, atr: 'no bytes' }),
  'huge answer': () => void process.send?.({ say: 'answered', id: 1, response: new Uint8Array(70_000) }),
  exit: () => process.exit(3),
};

serve(conduct => ({
  name: 'bad',
  open(events) {
    events.ready();
    setTimeout(() => conducts[String(conduct)]?.(), 100);
  },
  close: () => new Promise(() => {}),
}));
