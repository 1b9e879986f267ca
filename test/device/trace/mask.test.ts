/** What a trace shows of commands and answers: by structure, so that what nobody knows is hidden. */
import * as assert from 'uvu/assert';
import { maskCommand, maskFci, maskResponse, maskScan } from '../../../device/trace/mask.ts';
import { suite } from '../../harness.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hexOf = (masked: Uint8Array) => Buffer.from(masked).toString('hex').toUpperCase();
const file15 = '01011000FFFFFFFF02010310517001999990001220190806204012310000';
const shown15 = '01011000FFFFFFFF02010000000000000000000020190806204012310000';

suite('masks of a trace', test => {
  for (const [what, command, masked] of [
    ['a SELECT by name stays', '00A4040008A000000632010105', '00A4040008A000000632010105'],
    ['a SELECT by id stays', '00A4000002ADFA', '00A4000002ADFA'],
    [
      'a SELECT with more than a name does not',
      `00A4040011${'AB'.repeat(17)}`,
      `00A4040011${'00'.repeat(17)}`,
    ],
    ['reading stays', '00B095001E', '00B095001E'],
    [
      'the beginning of a purchase stays',
      '805003020B0200000064AABBCCDDEEFF',
      '805003020B0200000064AABBCCDDEEFF',
    ],
    [
      'what the PSAM is given of the card does not',
      `8070000024${'11'.repeat(36)}08`,
      `8070000024${'00'.repeat(36)}08`,
    ],
    ['a record that is written does not', '80DC00F004DEADBEEF', `80DC00F004${'00'.repeat(4)}`],
    ['an extended length hides all', '00A404000000081122334455667788', `00A4040000${'00'.repeat(10)}`],
    ['a stump stays', '00A4', '00A4'],
  ] as const) {
    test(what, () => {
      assert.is(hexOf(maskCommand(bytes(command))), masked);
    });
  }

  for (const [what, command, response, masked] of [
    ['file 15 without its number', '00B095001E', `${file15}9000`, `${shown15}9000`],
    ['a file 15 of somebody else', '00B095001E', '5123456789012346D201231FFF9000', `${'00'.repeat(13)}9000`],
    ['file 15 from its middle', '00B0950A14', `${file15.slice(20)}9000`, `${'00'.repeat(20)}9000`],
    ['file 17 but for city and kind', '00B097003C', `${'A1'.repeat(12)}9000`, '000000000000A1A10000A1009000'],
    [
      'the old card’s file 4',
      '00B0840020',
      `10007510123456780002${'11'.repeat(14)}20100101203012319000`,
      `10000000000000000002${'00'.repeat(14)}20100101203012319000`,
    ],
    ['a file 4 of somebody else', '00B0840020', `${'41'.repeat(32)}9000`, `${'00'.repeat(32)}9000`],
    ['a balance', '805C030204', '00000B229000', '00000B229000'],
    ['a longer answer to the same', '805C030204', '00000B22319000', '00000000009000'],
    ['a record of the log', '00B201C417', `${'31'.repeat(23)}9000`, `${'00'.repeat(23)}9000`],
    ['a rest that is fetched', '00C0000005', '31048700129000', `${'00'.repeat(5)}9000`],
    ['a UID', 'FFCA000000', '08123456789000', `${'00'.repeat(5)}9000`],
    ['a status alone', '00A4000002ADFA', '6A82', '6A82'],
    ['nothing', '00A4000002ADFA', '', ''],
  ] as const) {
    test(`of an answer: ${what}`, () => {
      assert.is(hexOf(maskResponse(bytes(command), bytes(response))), masked);
    });
  }

  test('of an FCI the structure, names and version; of the holder’s copy what file 15 shows', () => {
    const fci = `6F318408A000000632010105A5259F0801029F0C1E${file15}`;
    assert.is(hexOf(maskFci(bytes(fci))), `6F318408A000000632010105A5259F0801029F0C1E${shown15}`);
    assert.is(hexOf(maskFci(bytes('6F0A5A0851234567890123465F'))), '6F0A5A08000000000000000000');
    assert.is(
      hexOf(maskFci(bytes('6F7F8408A0000006'))),
      '00'.repeat(8),
      'lengths that contradict each other',
    );
    assert.is(hexOf(maskFci(bytes('A5'.repeat(200)))).length, 400);
  });

  test('of a scanner only where its lines end', () => {
    assert.is(String(Buffer.from(maskScan(Buffer.from('3104\r\n87\n')))), 'xxxx\r\nxx\n');
  });
});
