/** Card images: what the parser takes, and what it says about what it does not take. */
import * as assert from 'uvu/assert';
import { parseCardImage } from '../../../sim/media/card-image.ts';
import { bankImage, bmacImage, mifareImage, tUnionImage } from '../../../sim/media/card-images.ts';
import { suite } from '../../harness.ts';

const minimal = { atr: '3b00', applications: [] };

function withApplication(application: object): string {
  return JSON.stringify({ ...minimal, applications: [{ aid: 'mf' }, application] });
}

suite('card image', test => {
  test('takes what the builders make', () => {
    for (const image of [tUnionImage({ blacklisted: true }), bmacImage(), mifareImage(), bankImage()]) {
      assert.equal(parseCardImage(JSON.stringify(image)), image);
    }
  });

  test('takes hex of either case, file keys with or without the leading zero, and notes', () => {
    const files = { '4': 'AbCd', '1e': '00', '05': '' };
    const image = parseCardImage(withApplication({ aid: 'aDfA', files, note: 'my own card' }));
    assert.equal(image.applications[1], { aid: 'aDfA', files });
  });

  test('takes a purse without overdraft', () => {
    const image = parseCardImage(withApplication({ aid: '1001', purse: { balance: 7 } }));
    assert.equal(image.applications[1]?.purse, { balance: 7, overdraftUsed: 0 });
  });

  const refused: readonly (readonly [what: string, json: string, message: RegExp])[] = [
    ['text that is not JSON', '{', /card image: not JSON/],
    ['another kind of JSON', '[]', /the image: .*object/],
    ['an image without an ATR', '{"applications":[]}', /atr: /],
    [
      'half a byte',
      withApplication({ aid: '1001', files: { '15': 'abc' } }),
      /applications\.1\.files\.15: .*hex/,
    ],
    ['no hex', withApplication({ aid: '1001', fci: 'zz' }), /applications\.1\.fci: .*hex/],
    ['a bad AID', withApplication({ aid: 'abcdef' }), /applications\.1\.aid: must be an AID/],
    ['a bad file key', withApplication({ aid: '1001', files: { '1F': '00' } }), /files\.1F: .*01 to 1E/],
    ['file key 0', withApplication({ aid: '1001', files: { '00': '00' } }), /files\.00: .*01 to 1E/],
    ['a file twice', withApplication({ aid: '1001', files: { '4': '', '04': '' } }), /1\.files: .*twice/],
    ['an application twice', withApplication({ aid: 'MF' }), /applications: .*twice/],
    [
      'a bad record',
      withApplication({ aid: '1001', records: { '18': ['00', ''] } }),
      /records\.18\.1: .*1 byte/,
    ],
    ['a negative balance', withApplication({ aid: '1001', purse: { balance: -1 } }), /1\.purse\.balance: /],
    [
      'a file over 64 KiB',
      withApplication({ aid: '1001', files: { '15': '00'.repeat(65_537) } }),
      /files\.15: must be at most 65536 bytes/,
    ],
    ['an endless image', ' '.repeat(5_000_000), /longer than/],
  ];
  for (const [what, json, message] of refused) {
    test(`refuses ${what}`, () => {
      assert.throws(() => parseCardImage(json), message);
    });
  }
});
