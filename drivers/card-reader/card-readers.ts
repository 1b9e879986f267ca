/** All card readers of one validator, each by its driver, which is loaded only where the settings name it. */
import type { CardReader } from '../../device/ports.ts';
import type { PcscReaderOptions } from './pcsc/pcsc.ts';
import type { VpcdReaderOptions } from './vpcd.ts';

export type CardReaderSettings =
  | (VpcdReaderOptions & { readonly driver: 'vpcd' })
  | (PcscReaderOptions & { readonly driver: 'pcsc' });

export async function createCardReader(settings: CardReaderSettings): Promise<CardReader> {
  switch (settings.driver) {
    case 'pcsc':
      return (await import('./pcsc/pcsc.ts')).createPcscReader(settings);
    case 'vpcd':
      return (await import('./vpcd.ts')).createVpcdReader(settings);
  }
}
