/** What one line of a scanner module holds: ride codes whatever stands around them, somebody's code, or the module's own talk. */
import * as assert from 'uvu/assert';
import { type LineEncoding, lineGoesOn, readLine } from '../../../drivers/code-reader/line-code.ts';
import { foreignCodes } from '../../../sim/media/foreign-codes.ts';
import { suite } from '../../harness.ts';
import { eciOf, hexOf, rideCode, utf8Of } from './sample-codes.ts';

const code = rideCode();
const hex = hexOf(code);
const base64 = Buffer.from(code).toString('base64');
const pairs = hex.match(/../g) ?? [];

const printed = (line: string, encoding: LineEncoding = 'auto') => readLine(line, encoding);
const kinds = (line: string, encoding: LineEncoding = 'auto') => printed(line, encoding).map(({ is }) => is);
const codesIn = (line: string) =>
  printed(line).flatMap(each => (each.is === 'code' ? [hexOf(each.bytes)] : []));
const adviceOn = (line: string) =>
  printed(line)
    .map(({ advice }) => advice)
    .join();

suite('line code', test => {
  const around: Record<string, string> = {
    'hex of any case': ` ${hex.toUpperCase()}\t`,
    'base64, padded or not': base64.replace(/=+$/, ''),
    'base64, URL-safe': Buffer.from(code).toString('base64url'),
    'STX and ETX': `\x02${hex}\x03\x04`,
    NULs: `\0\0${hex}\t`,
    'an AIM identifier': `]Q1${hex}`,
    'an AIM identifier before base64': `\x02]Q3${base64}\x03`,
    'the ECI of ISO 8859-1': `\\000003${hex}`,
    'identifier and ECI': `]Q2\\000003${base64}`,
    'ECI, and doubled backslashes, all in hex': hexOf(eciOf(code)),
    'an AIM identifier in hex': `5D5131${hex}`,
    'CR in hex': `${hex}0D`,
    'a code id letter': `Q${hex}`,
    'a code id that is a hex digit': `b${hex}`,
    'a code id of three characters': `P01${hex}`,
    'a code id before base64': `s${base64}`,
    'a code id in hex': `73${hex}`,
    '0x': `0x${hex}`,
    '0x before each byte': pairs.map(byte => `0x${byte}`).join(', '),
    'spaces between the bytes': `${pairs.join(' ').toUpperCase()} `,
    'dashes between the bytes': pairs.join('-'),
    'commas between the bytes': pairs.join(','),
    'a comma after each byte': `${pairs.join(',')},`,
    'colons between the bytes': pairs.join(':'),
    'as C has it': `{${pairs.map(byte => `0x${byte}`).join(',')}}`,
    'as strings escape bytes': pairs.map(byte => `\\x${byte}`).join(''),
    'brackets around each byte': pairs.map(byte => `<${byte}>`).join(''),
    'H after each byte': pairs.map(byte => `${byte}H`).join(' '),
    'a suffix word': `${hex}#END`,
    'a sticker before it': `https://example.com/line2,${hex}`,
    'a sticker after it': `${base64.replace(/=+$/, '')};https://example.com/line2`,
    'UTF-8, in hex': hexOf(utf8Of(code)),
  };
  for (const [what, line] of Object.entries(around)) {
    test(`takes off: ${what}`, () => assert.equal(codesIn(line), [hex]));
  }

  test('finds both codes of a line whose end was lost, and the one behind a code that was cut', () => {
    const other = hexOf(rideCode());
    assert.equal(codesIn(hex + other), [hex, other]);
    assert.equal(codesIn(hex.slice(0, 400) + other), [other]);
  });

  test('takes off nothing that may be part of the code', () => {
    for (const more of ['00', '00'.repeat(32), 'ab']) {
      assert.equal(codesIn(hex + more), [hex + more]);
      assert.match(adviceOn(hex + more), /beside a ride code/);
    }
  });

  test('a code that is damaged or cut short is presented as it is', () => {
    const cut = code.subarray(0, 331);
    for (const line of [hexOf(cut), Buffer.from(cut).toString('base64')]) {
      assert.equal(codesIn(line), [hexOf(cut)]);
      assert.match(adviceOn(line), /ends before the length/);
    }
    assert.equal(kinds(`${hex.slice(0, 300)}!!${hex.slice(302)}`), ['damaged']);
    assert.equal(kinds(base64.slice(0, 300) + base64.slice(303).replace(/=/g, '')), ['damaged']);
  });

  test('codes of other systems are somebody’s, as text, in hex and in base64', () => {
    for (const [system, bytes] of Object.entries(foreignCodes)) {
      const text = Buffer.from(bytes).toString('latin1');
      const isText = /^[\x20-\x7e]+$/.test(text);
      for (const line of [hexOf(bytes), Buffer.from(bytes).toString('base64'), ...(isText ? [text] : [])]) {
        assert.equal(kinds(line), ['foreign'], `${system}: ${line.slice(0, 40)}`);
      }
    }
  });

  test('addresses, payment codes, tokens and JSON are somebody’s, and reach the check as they are', () => {
    for (const line of [
      'TXabc123',
      '6222020012345678',
      '134567890123456789',
      'https://example.com/line2',
      'Qhttps://example.org/pay',
      'weixin://wxpay/x',
      'wxp://f2f0abc',
      'WIFI:S:x;T:WPA;P:y;;',
      'BEGIN:VCARD',
      'u.wechat.com/EA1b2c3',
      '{"label":"x","t":"show"}',
      'tok.9z.user_77.session-zz.kk-xx.qq.yy.zz',
    ]) {
      assert.equal(printed(line)[0]?.is, 'foreign', line);
      assert.equal(printed(line, 'hex')[0]?.is, 'foreign', line);
    }
    const [address] = printed('https://example.com/line2');
    assert.is(
      address?.is === 'foreign' && Buffer.from(address.bytes).toString(),
      'https://example.com/line2',
    );
    assert.equal(kinds(']E06901234567892'), ['foreign'], 'an identifier says that a code was read');
  });

  const talk: Record<string, readonly string[]> = {
    'reads nothing': [
      'NR',
      'NOREAD',
      'NoRead',
      '<NR>',
      'No Read!',
      'NG',
      'ERROR',
      'BAD READ',
      '?',
      '\x02NOREAD\x03',
    ],
    acknowledgements: [
      '\x06',
      'OK',
      'ACK',
      '\x15',
      'PAPSPA\x06.',
      '\x02\0\0\x01\0\x33\x31',
      '\x02\0\0\x02\x03\x0f\x32\x42',
    ],
    'power-on': [
      'GM65-S V1.06',
      'Scanner Engine V1.02.03 2021-06-15 ready',
      'Version:1.0.12',
      'SN:2021061500012',
      '********************************',
      '================================',
      '--------------------------------',
      '12345678',
      'READY',
      'E001',
      'DEAD',
      '80',
      '0',
    ],
    'neither text nor code': ['\xff\xfe\x80', '\x80\x00\xff'],
  };
  for (const [what, lines] of Object.entries(talk)) {
    test(`nobody's: ${what}`, () => {
      for (const line of lines) {
        for (const encoding of ['auto', 'hex', 'base64'] as const) {
          assert.equal(kinds(line, encoding), ['talk'], JSON.stringify(line));
        }
        assert.match(adviceOn(line), what, JSON.stringify(line));
      }
    });
  }

  test('says what a code looks like that the module has spoilt', () => {
    const latin1 = Buffer.from(code).toString('latin1');
    const lost = Buffer.from(Buffer.from(code).toString('utf8'), 'utf8');
    for (const [line, advice] of [
      [latin1.slice(0, -1), /encoding: raw/],
      [hexOf(lost), /UTF-8/],
      [lost.toString('latin1'), /UTF-8/],
      [String.fromCharCode(...code.map(byte => byte & 0x7f)), /8N1/],
      [base64.toUpperCase().replace(/=/g, ''), /upper and lower case/],
      [hex.slice(0, 201), /odd number/],
      [code.join(' '), /decimal/],
    ] as const) {
      assert.equal(kinds(line), ['damaged'], String(advice));
      assert.match(adviceOn(line), advice);
    }
  });

  test('nothing of what was printed is in what it says', () => {
    assert.not.match(adviceOn('Li Hua 13800138000'), /Li|138/);
  });

  test('a hex dump in rows is not a passenger for each row', () => {
    const rows = hex.match(/.{1,32}/g)?.flatMap(row => kinds(row)) ?? [];
    assert.is(rows.filter(is => is === 'code').length, 1);
  });

  test('blank lines are nothing at all', () => {
    for (const line of ['', '  ', '\0\0', '\x02\x03', '\t']) assert.equal(printed(line), []);
  });

  test('strict base64: what is not canonical is no code', () => {
    const text = Buffer.from(code.subarray(0, 40)).toString('base64');
    assert.equal(kinds(text), ['code']);
    for (const bad of [`${text}=`, text.replace(/=/, '=x')]) assert.is.not(kinds(bad)[0], 'code');
  });

  test('a line that is a code half printed goes on', () => {
    for (const line of [
      hex.slice(0, 20),
      `]Q1${hex.slice(0, 300)}`,
      `b${hex.slice(0, 300)}`,
      base64.slice(0, 200),
    ]) {
      assert.ok(lineGoesOn(line), line);
    }
    for (const line of [
      hex,
      base64,
      'NOREAD',
      hexOf(foreignCodes.alipay).slice(0, 100),
      `8${'1'.repeat(99)}`,
    ]) {
      assert.not.ok(lineGoesOn(line), line);
    }
  });
});
