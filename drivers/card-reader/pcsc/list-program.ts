/** Says the names of the PC/SC slots to its parent, once, and ends. */
import type { Reader } from 'nfc-pcsc';
import { loadLibrary } from './library.ts';

/** They come one after the other. */
const allWithinMs = 300;

async function list(): Promise<void> {
  const library = await loadLibrary();
  if (!('new' in library)) process.exit(1);
  const names: string[] = [];
  const nfc = new library.new();
  nfc.on('error', () => process.exit(1));
  nfc.on('reader', ({ reader }: Reader) => {
    // nfc-pcsc's own: it would connect to every reader's cards.
    reader.removeAllListeners('status');
    reader.on('error', () => undefined);
    names.push(reader.name);
  });
  setTimeout(() => process.send?.(names, () => process.exit()), allWithinMs);
}

void list();
