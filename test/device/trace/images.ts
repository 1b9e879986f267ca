/** A T-Union card as public readers have recorded it, with a number of ours. */
import type { CardImage } from '../../../sim/media/card-image.ts';

const file15 = '01011000FFFFFFFF02010310517001017090798420190806204012310000';

export const tUnionImage: CardImage = {
  atr: '3b8880014120241234567890',
  applications: [
    {
      aid: 'A000000632010105',
      fci: `6F318408A000000632010105A5259F0801029F0C1E${file15}`,
      files: { '15': file15, '17': `0000000000001000000001${'00'.repeat(49)}` },
      records: { '18': [`0001000000000013880231048700123456202205010000000000`] },
      purse: { balance: 2850, overdraftUsed: 0 },
    },
  ],
};
