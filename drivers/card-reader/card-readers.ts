/** All card readers of one validator, each by its driver. */
import type { CardReader } from '../../device/ports.ts';
import { createPcscReader, type PcscReaderOptions } from './pcsc/pcsc.ts';
import { createVpcdReader, type VpcdReaderOptions } from './vpcd.ts';

export type CardReaderSettings =
  | (VpcdReaderOptions & { readonly driver: 'vpcd' })
  | (PcscReaderOptions & { readonly driver: 'pcsc' });

export function createCardReader(settings: CardReaderSettings): CardReader {
  return settings.driver === 'pcsc' ? createPcscReader(settings) : createVpcdReader(settings);
}
