/** All card readers of one validator, each by its driver. */
import type { CardReader } from '../../device/ports.ts';
import { createVpcdReader, type VpcdReaderOptions } from './vpcd.ts';

export type CardReaderSettings = VpcdReaderOptions & { readonly driver: 'vpcd' };

export function createCardReader(settings: CardReaderSettings): CardReader {
  return createVpcdReader(settings);
}
