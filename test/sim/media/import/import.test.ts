/** Dumps and logs of reader apps become card images that the firmware reads as it would the card. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { readTransitCard } from '../../../../device/core/transit-card.ts';
import { cardFrame, interfaceBlock, packetBlock, sectionBlock } from '../../../../device/trace/pcapng.ts';
import { importDump } from '../../../../sim/media/import/import-dump.ts';
import { createVirtualCard } from '../../../../sim/media/virtual-card.ts';
import { suite, type TestContext } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { runSim } from '../../run-sim.ts';

const file15 = '01011000FFFFFFFF02010310517001999990001220190806204012310000';
const file17 = `0000000010001000000001${'00'.repeat(49)}`;
const fci = `6F318408A000000632010105A5259F0801029F0C1E${file15}`;

/** What a good T-Union card says, in the order in which it is asked. */
const talk: readonly (readonly [command: string, response: string])[] = [
  ['00A4040008A000000632010105', `${fci}9000`],
  ['00B095001E', `${file15}9000`],
  ['00B097003C', `${file17}9000`],
  ['805C030204', '00000B229000'],
  ['805C020204', '000000009000'],
  ['00A4000002ADFA', '6A82'],
];

const spaced = (hex: string) => hex.replace(/../g, '$& ').trim();
const hexDump = (hex: string) =>
  (hex.match(/.{1,32}/g) ?? []).map(line => `${spaced(line)} ${'.'.repeat(line.length / 2)}`).join('\n');
const lines = (make: (command: string, response: string) => string) =>
  talk.map(([command, response]) => make(command, response)).join('\n');

const logs = {
  'pcsc-tools (scriptor)': lines((c, r) => `> ${spaced(c)}\n< ${spaced(r)} : Normal processing.`),
  'pcsc-perl': lines((c, r) => `=> ${spaced(c)}\n<= ${spaced(r)}\nSW: ${spaced(r.slice(-4))} (OK)`),
  'Proxmark3’s client': lines((c, r) => `[+] >>> ${c}\n[+] <<< ${r}`),
  'pcscd, with times': lines(
    (c, r) => `00000014 winscard_svc.c:604\n00000006 APDU: ${spaced(c)}\n00099850 SW: ${spaced(r)}`,
  ),
  OpenSC: lines((c, r) => {
    const data = r.slice(0, -4);
    const status = `Received (SW1=0x${r.slice(-4, -2)}, SW2=0x${r.slice(-2)})`;
    return `Sending: ${spaced(c)} \n${status}${data === '' ? '' : `:\n${hexDump(data)}`}`;
  }),
  'plain, with Windows’ line ends': lines((c, r) => `>${c}\r\n<${r}\r`),
  cardpeek: `# cardpeek emulator\n# version 0\nR:3B8880010000000000000009\n${lines(
    (c, r) => `C:${c}:${r.slice(-4)}:${r.slice(0, -4)}`,
  )}\n# end\n`,
};

const metrodroid = {
  tagId: '08123456',
  scannedAt: { timeInMillis: 1654819200000, tz: 'Asia/Shanghai' },
  iso7816: {
    applications: [
      [
        'china',
        {
          generic: {
            appName: 'a000000632010105',
            appFci: fci.toLowerCase(),
            sfiFiles: {
              21: { binaryData: file15 },
              23: { binaryData: file17 },
              24: { records: { 1: '00010000000000138802310487001234562022050108000000' } },
            },
            files: { ':15': { binaryData: 'FF' } },
          },
          balances: { 0: '00000b22', 2: '00000000', 3: '00000b22' },
        },
      ],
    ],
  },
};

function put({ after }: TestContext, name: string, content: string | Uint8Array): string {
  const path = join(temporaryDirectory({ after }), name);
  writeFileSync(path, content);
  return path;
}

/** The verdict of `inspect card` on the image that `media import` has made of it. */
async function inspected(context: TestContext, dump: string, ...more: string[]) {
  const image = join(temporaryDirectory(context), 'image.json');
  const made = await runSim(['media', 'import', dump, '--out', image, ...more]);
  assert.is(made.code, 0, made.errors);
  const { code, output } = await runSim(['inspect', 'card', image, '--at', '2022-06-10T08:00:00+08:00']);
  return { code, made: JSON.parse(made.output), verdict: JSON.parse(output) };
}

/** As another program might write it: frames with their CRC, other interfaces before. */
function traceOf(exchanges: typeof talk): Buffer {
  const blocks = [sectionBlock('test'), interfaceBlock('line', 'gnss'), interfaceBlock('card', 'card')];
  const add = (data: Uint8Array, direction: 'in' | 'out') =>
    blocks.push(packetBlock({ interfaceId: 1, at: 1, data, direction }));
  exchanges.forEach(([command, response], i) => {
    const pcb = Buffer.from([0x02 | (i & 1)]);
    add(cardFrame('toCard', Buffer.concat([pcb, Buffer.from(command, 'hex')])), 'out');
    add(cardFrame('fromCard', Buffer.concat([pcb, Buffer.from(response, 'hex')])), 'in');
  });
  return Buffer.concat(blocks);
}

const whole = {
  medium: 't-union',
  accepted: true,
  number: '3105170019999900012',
  city: '1000',
  balanceFen: 2850,
};

function isWhole(verdict: Record<string, unknown>): void {
  const told = Object.fromEntries(Object.keys(whole).map(key => [key, verdict[key]]));
  assert.equal(told, whole);
}

suite('media import', test => {
  for (const [program, log] of Object.entries(logs)) {
    test(`a log of ${program}`, async context => {
      const { code, made, verdict } = await inspected(context, put(context, 'card.log', log));
      assert.is(code, 0);
      isWhole(verdict);
      assert.equal([made.format, made.answers, made.differing], ['apdu-log', talk.length, 0]);
    });
  }

  test('a T-Union card of Metrodroid, with its purse and its log', async context => {
    const { code, made, verdict } = await inspected(
      context,
      put(context, 'card.json', JSON.stringify(metrodroid)),
    );
    assert.is(code, 0);
    isWhole(verdict);
    assert.equal([made.format, made.applications], ['metrodroid', 1]);
    assert.is(verdict.log.length, 1);
  });

  test('an old Beijing card of Metrodroid: its files are under the master file, its purse in DF 1001', async context => {
    const generic = {
      appName: '4f43',
      appFci: '6f00',
      files: {
        ':4': { binaryData: `10007510123456780002${'00'.repeat(14)}2010010120301231` },
        ':5': { binaryData: '0000000000FFFFFFFF00' },
        ':1001:18': { records: { 1: '00'.repeat(23) } },
      },
    };
    const dumped = ['china', { generic, balances: { 0: '000007d0' } }];
    const json = JSON.stringify({ ...metrodroid, iso7816: { applications: [dumped] } });
    const { verdict } = await inspected(context, put(context, 'old.json', json));
    assert.equal([verdict.medium, verdict.number, verdict.balanceFen], ['bmac', '1000751012345678', 2000]);
  });

  test('a trace; what it does not have is answered 6D00 or 6A82', async context => {
    const path = put(context, 'card.pcapng', traceOf(talk));
    const { made, verdict } = await inspected(context, path, '--reader', 'card');
    isWhole(verdict);
    assert.is(made.format, 'pcapng');
    const card = createVirtualCard(importDump(path).image);
    const says = (hex: string) => Buffer.from(card.respond(Buffer.from(hex, 'hex'))).toString('hex');
    assert.is(says('00B095001E'), `${file15}9000`.toLowerCase());
    assert.is(says('00A4040007A0000000031010'), '6a82');
    assert.is(says('8054010000'), '6d00');
    assert.ok(readTransitCard(card.atr));
  });

  test('what was fetched by GET RESPONSE is one answer; a command that is answered otherwise later keeps its first', context => {
    const log =
      '> 00B095001E\n< 610A\n> 00C000000A\n< 112233445566778899AA9000\n> 00B2010C00\n< 019000\n> 00B2010C00\n< 029000\n';
    const { image, answers, differing } = importDump(put(context, 'card.log', log));
    assert.equal(image.answers, { '00B095001E': '112233445566778899AA9000', '00B2010C00': '019000' });
    assert.equal([answers, differing], [2, 1]);
  });

  for (const [what, content, why] of [
    ['an empty file', '', 'neither a Metrodroid dump'],
    ['a text of somebody', 'Dear card,\nhow are you?\n> fine, thanks\n< 90\n', 'neither a Metrodroid dump'],
    ['a command without an answer', '> 00A40400\n', 'neither a Metrodroid dump'],
    ['answers that are none', '> 00A40400\n< 90\n', 'no command with an answer'],
    ['JSON of another program', '{"Created": "proxmark3"}', 'no dump of Metrodroid'],
    ['JSON that is cut off', '{"tagId": "08", "scannedAt"', 'JSON'],
    [
      'a dump of another kind of card',
      '{"tagId": "08", "scannedAt": {}, "mifareClassic": {}}',
      'a Metrodroid dump that cannot be used: iso7816',
    ],
    [
      'hex that is none',
      JSON.stringify(metrodroid).replace(file15, 'xyz'),
      'must be an even number of hex digits',
    ],
    [
      'an application without a name of the right length',
      JSON.stringify(metrodroid).replace('a000000632010105', 'a0'),
      'AID',
    ],
    ['bytes', Buffer.from([0xff, 0xfe, 0x00, 0x80]), 'UTF-8'],
    ['a trace that is cut off', traceOf(talk).subarray(0, 200), 'no whole block'],
    ['a trace without a card', traceOf([]), 'no card is in it; its interfaces: gnss, card'],
    [
      'a block that says it is longer',
      Buffer.concat([sectionBlock('x'), Buffer.alloc(12, 0xff)]),
      'no whole block',
    ],
    ['a hundred thousand lines', '\n'.repeat(100_001), 'lines'],
    ['more commands than a card is asked', '> 00A40400\n< 9000\n'.repeat(4097), 'more than 4096'],
  ] as const) {
    test(`refused: ${what}`, async context => {
      const path = put(context, 'dump', content);
      const { code, output, errors } = await runSim(['media', 'import', path]);
      assert.is(code, 2, output);
      assert.match(errors, path);
      assert.match(errors, why);
    });
  }
});
