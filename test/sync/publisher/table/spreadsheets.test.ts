/** Tables as spreadsheets, databases and other systems write them: taken where there is no doubt, else refused in one sentence. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import * as assert from 'uvu/assert';
import { WrongUsage } from '../../../../device/kit/errors.ts';
import {
  type Link,
  type PeopleOptions,
  parsePeople,
  readPeople,
} from '../../../../sync/publisher/table/people.ts';
import { suite, type TestContext } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';

const header = 'medium,account,person,status';
const wang = 't-union,3105100000000000001,wang,green';
const li = 'ride-code,0000000000000000000a,li,red';
const links: Link[] = [
  { medium: 't-union', account: '3105100000000000001', person: 'wang', status: 'green' },
  { medium: 'ride-code', account: '0000000000000000000a', person: 'li', status: 'red' },
];
const usual = [header, wang, li].join('\n');

async function read(
  context: TestContext,
  content: string | Uint8Array,
  options?: PeopleOptions,
): Promise<Link[]> {
  const file = join(temporaryDirectory(context), 'people.csv');
  writeFileSync(file, content);
  const rows: Link[] = [];
  await readPeople(file, row => rows.push(row), options);
  return rows;
}

async function problemOf(reading: Promise<unknown>): Promise<string> {
  const error = await reading.catch((thrown: unknown) => thrown);
  assert.instance(error, WrongUsage);
  return (error as Error).message.replaceAll(/^.*people\.csv: /gm, '');
}

const numbered = (count: number, tail: string) =>
  Array.from({ length: count }, (_, i) => `t-union,31051000000${1000 + i}${tail},p${i},green`);

const taken: Record<string, string | Uint8Array> = {
  'CR alone': usual.replaceAll('\n', '\r'),
  'CR LF': usual.replaceAll('\n', '\r\n'),
  semicolons: usual.replaceAll(',', ';'),
  tabs: usual.replaceAll(',', '\t'),
  bars: usual.replaceAll(',', '|'),
  'U+001F': usual.replaceAll(',', '\u001f'),
  'full-width commas': usual.replaceAll(',', '，'),
  'the separator told first': `sep=;\r\n${usual.replaceAll(',', ';')}`,
  'empty columns and rows at the end': `${usual.replaceAll('\n', ',,,\n')},,\n,,,,\n,,,,,,`,
  'Ctrl-Z at the end': `${usual}\n\u001a`,
  'Ctrl-Z behind the last field': `${usual}\u001a\r\n`,
  'formulas that are texts': usual.replace('3105100000000000001', '="3105100000000000001"'),
  'formulas in quotes': usual.replace('3105100000000000001', '"=""3105100000000000001"""'),
  'formulas with tabs': usual.replaceAll(',', '\t').replace('3105100000000000001', '="3105100000000000001"'),
  apostrophes: usual.replace('3105100000000000001', "'3105100000000000001"),
  'spaces and full-width digits': usual.replace(
    '3105100000000000001',
    ' ３１０5 1000 0000 0000\u00a0001\u200b',
  ),
  'capitals and other dashes': usual.replace('t-union', 'T\u2011Union').replace('green', 'Green'),
  'another order':
    'status,person,medium,account\ngreen,wang,t-union,3105100000000000001\nred,li,ride-code,0000000000000000000A',
  'a Chinese header': usual.replace(header, '卡类型,卡号,人员,健康码'),
  'a Chinese header in GB18030': iconv.encode(usual.replace(header, '卡类型,卡号,人员,健康码'), 'gb18030'),
  'GB18030 with its mark': iconv.encode(`\ufeff${usual}`, 'gb18030'),
  'UTF-16 with its mark': iconv.encode(`\ufeff${usual}`, 'utf-16le'),
  'UTF-16, the other order, with its mark': iconv.encode(`\ufeff${usual}`, 'utf-16be'),
  'a control character and an invisible one around a name': usual.replace(',wang,', ',\u200ewang\u001f,'),
};

const refused: Record<string, [string | Uint8Array, RegExp]> = {
  'a shortened number': [
    usual.replace('3105100000000000001', '3.10517E+18'),
    /^line 2: account: is a number that a spreadsheet/,
  ],
  'a shortened person': [usual.replace(',wang,', ',3.1E+17,'), /^line 2: person: is a number/],
  'no value': [usual.replace(',wang,', ',#N/A,'), /^line 2: person: says that there is no value/],
  'a lost character': [usual.replace(',wang,', ',\ufffd,'), /^line 2: person: has U\+FFFD/],
  'a control character inside': [
    usual.replace(',wang,', ',wa\u001fng,'),
    /^line 2: person: has a control character, U\+001F$/,
  ],
  'GB18030 without a mark': [
    iconv.encode(usual.replace(',wang,', ',王,'), 'gb18030'),
    /^line 2: byte CD is not UTF-8; it looks like GB18030 \(GBK\): save it as UTF-8/,
  ],
  'UTF-16 without a mark': [iconv.encode(usual, 'utf-16le'), /^line 1: looks like UTF-16/],
  'a workbook': [Buffer.from('PK\u0003\u0004...'), /^line 1: a workbook/],
  'an old workbook': [Buffer.from('d0cf11e0a1b11ae1', 'hex'), /^line 1: a workbook/],
  'cut UTF-16': [iconv.encode(`\ufeff${usual}`, 'utf-16le').subarray(0, -1), /is damaged UTF-16/],
  'a bad row before a quote that ends the reading': [
    `${header}\nmetro,1,li,green\n${wang}\n"a"b,1,2,3\n`,
    /^line 2: medium: .*\nline 4: a quote inside a field; nothing after it was read$/,
  ],
};

suite('tables of spreadsheets', test => {
  for (const [what, content] of Object.entries(taken))
    test(`taken: ${what}`, async context => assert.equal(await read(context, content), links));

  for (const [what, [content, message]] of Object.entries(refused))
    test(`refused: ${what}`, async context => assert.match(await problemOf(read(context, content)), message));

  test('not UTF-8 far from the beginning: its line is told', async context => {
    const rows = Array.from({ length: 5000 }, (_, i) => `${wang.replace('wang', `p${i}`)}\r\n`).join('');
    const content = Buffer.concat([
      Buffer.from(`${header}\n${rows}`),
      iconv.encode('t-union,1,孙丽,green', 'gbk'),
    ]);
    assert.match(await problemOf(read(context, content)), /^line 5002: byte CB is not UTF-8/);
  });

  test('a quote that ends the reading far from the beginning: every bad row before it is told, and once', async context => {
    const rows = Array.from({ length: 5000 }, (_, i) => (i % 1000 === 999 ? 'metro,1,li,green' : wang));
    const content = [header, ...rows, 'bmac,1,li,green', '"a"b,1,2,3', wang].join('\n');
    const lines = (await problemOf(read(context, content)))
      .split('\n')
      .map(told => told.split(':', 2).join(''));
    assert.equal(lines, [
      ...[1001, 2001, 3001, 4001, 5001].map(line => `line ${line} medium`),
      'line 5002 account',
      'line 5003 a quote inside a field; nothing after it was read',
    ]);
  });

  test('numbers of which 15 digits are left: refused from three on, unless told otherwise', async context => {
    const table = (...rows: string[]) => [header, ...rows].join('\n');
    const rounded = table(...numbered(3, '0000'));
    assert.match(
      await problemOf(read(context, rounded)),
      /^3 of 3 long numbers \(account\) .*--trust-zeros takes them$/,
    );
    assert.is((await read(context, rounded, { trustZeros: true })).length, 3);
    assert.is((await read(context, table(...numbered(2, '0000')))).length, 2);
    const mixed = [...numbered(3, '0000'), li, 't-union,3105100000000000001,q,green'];
    assert.match(await problemOf(read(context, table(...mixed))), /^3 of 4 long numbers/);
    const batch = Array.from({ length: 9 }, (_, i) => `t-union,310510000000000${i}000,p${i},green`);
    assert.is((await read(context, table(...batch, ...numbered(4, '0001')))).length, 13);
    const cards = Array.from({ length: 12 }, (_, i) => `bmac,1000000000000${100 + i}`.slice(0, -1));
    assert.match(
      await problemOf(read(context, table(...cards.map((card, i) => `${card}0,p${i},green`)))),
      /^12 of 12/,
    );
    const persons = [1, 2, 3, 4].map(i => `t-union,310510000000000000${i},31010519900101${i}000,green`);
    assert.match(await problemOf(read(context, table(...persons))), /^4 of 4 long numbers \(person\)/);
  });

  test('a table in memory is read the same', () => {
    assert.equal(parsePeople(String(taken['Ctrl-Z at the end']), 'table'), links);
    assert.equal(parsePeople(String(taken['formulas that are texts']), 'table'), links);
  });
});
