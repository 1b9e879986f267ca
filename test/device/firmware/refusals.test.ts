/** Media that are refused, each with its own reason and words, through the firmware's own wires. */
import * as assert from 'uvu/assert';
import { createAuthority } from '../../../sim/media/authority.ts';
import { bankImage, mifareImage } from '../../../sim/media/card-images.ts';
import { foreignCodes } from '../../../sim/media/foreign-codes.ts';
import { renderFrame } from '../../../sim/media/frame.ts';
import { createPhone } from '../../../sim/media/phone.ts';
import { createVirtualCard } from '../../../sim/media/virtual-card.ts';
import { suite } from '../../harness.ts';
import { type Stand, startStand } from './stand.ts';

type Present = (stand: Stand) => ReturnType<Stand['tap']>;
type Case = readonly [what: string, present: Present, reason: string, ...texts: readonly string[]];

const soon = '2090-01-01';
const past = '2022-01-31';
const minuteMs = 60_000;

/** A card that has one answer to everything. */
const says = (status: number) => ({
  ...createVirtualCard(bankImage()),
  respond: () => Uint8Array.of(status >> 8, status & 0xff),
});

const cards: readonly Case[] = [
  ['a stranger of another world', s => s.tap(says(0x917e)), 'unsupported', '无效卡'],
  ['a card that says it is locked', s => s.tap(says(0x9303)), 'blacklisted', '黑名单卡', '请联系发卡机构'],
  [
    'a Mifare card',
    s => s.tap(createVirtualCard(mifareImage())),
    'unsupported',
    '无效卡',
    '请使用市政交通一卡通或交通联合卡',
  ],
  ['a bank card', s => s.tap(createVirtualCard(bankImage())), 'unsupported', '无效卡'],
  [
    'a card not enabled',
    s => s.tap(s.crowd.tUnion('green', { enabled: false })),
    'not-enabled',
    '此卡未启用',
  ],
  [
    'an old card not enabled',
    s => s.tap(s.crowd.bmac('green', { enabled: false })),
    'not-enabled',
    '此卡未启用',
  ],
  [
    'a card of later',
    s => s.tap(s.crowd.tUnion('green', { validFrom: soon, validTo: soon })),
    'not-yet-valid',
    '此卡未到有效期',
  ],
  ['an expired card', s => s.tap(s.crowd.tUnion('green', { validTo: past })), 'expired', '此卡已过有效期'],
  ['an expired old card', s => s.tap(s.crowd.bmac('green', { validTo: past })), 'expired', '此卡已过有效期'],
  ['a blocked card', s => s.tap(s.crowd.tUnion('green', { blacklisted: true })), 'blacklisted', '黑名单卡'],
  ['a blocked old card', s => s.tap(s.crowd.bmac('green', { blacklisted: true })), 'blacklisted', '黑名单卡'],
  [
    'an empty card',
    s => s.tap(s.crowd.tUnion('green', { balanceFen: 99 })),
    'insufficient-balance',
    '余额不足',
    '请投币',
  ],
  [
    'an overdrawn card',
    s => s.tap(s.crowd.bmac('green', { balanceFen: 500, overdraftFen: 450 })),
    'insufficient-balance',
    '余额不足',
  ],
];

const own = (s: Stand, options: object) =>
  s.scan(s.crowd.phone('green').showCode({ at: Date.now(), ...options }));
const of = (s: Stand, issuer: ReturnType<ReturnType<typeof createAuthority>['issue']>) =>
  s.scan(createPhone({ issuer }).showCode({ at: Date.now() }));

/** The stand's issuer with another key than its certificate says. */
function impostor({ office }: Stand) {
  return { certificate: office.issuer.certificate, key: createAuthority().issue().key };
}

function changed(code: Uint8Array, at: number): Uint8Array {
  return code.with(at, (code[at] ?? 0) ^ 0x01);
}

const codes: readonly Case[] = [
  ['an old code', s => own(s, { at: Date.now() - 10 * minuteMs }), 'expired', '二维码已过期', '请刷新'],
  ['a code of later', s => own(s, { at: Date.now() + minuteMs }), 'not-yet-valid', '二维码时间有误'],
  ['a code that lives too long', s => own(s, { validityS: 1201 }), 'too-long-lived', '无效码'],
  [
    'a phone no longer authorised',
    s => own(s, { authorisedUntil: Date.now() - minuteMs }),
    'authorisation-expired',
    '乘车码授权已过期',
  ],
  ['a CA nobody knows', s => of(s, createAuthority({ index: 9 }).issue()), 'unknown-authority', '无效码'],
  ['a CA that only claims to be ours', s => of(s, createAuthority().issue()), 'bad-certificate', '无效码'],
  ['an impostor of the issuer', s => of(s, impostor(s)), 'bad-issuer-signature', '无效码'],
  [
    'a code changed on the phone',
    s => {
      const code = s.crowd.code('green');
      return s.scan(changed(code, code.length - 20));
    },
    'bad-user-signature',
    '无效码',
  ],
  ...Object.entries(foreignCodes).flatMap(([system, code]): Case[] => [
    [`${system} by scanner`, s => s.scan(lineOf(code)), 'unsupported', '无效码', '请使用北京公交乘车码'],
    [
      `${system} by camera`,
      s => s.show(renderFrame([code])),
      'unsupported',
      '无效码',
      '请使用北京公交乘车码',
    ],
  ]),
  [
    'two codes in one frame',
    s => s.show(renderFrame([s.crowd.code('green'), s.crowd.code('green')], { codeHeight: 0.6 })),
    'several-codes',
    '检测到多个二维码',
    '请只出示一个',
  ],
];

/** As a scanner prints it: text as it is, binary in hex. */
function lineOf(code: Uint8Array): string | Uint8Array {
  return code.every(byte => byte >= 0x20 && byte < 0x7f) ? Buffer.from(code).toString('latin1') : code;
}

async function refuses(stand: Stand, [what, present, reason, ...texts]: Case): Promise<void> {
  const before = stand.rows().length;
  const outcome = await present(stand);
  assert.equal([outcome.verdict, outcome.reason], ['invalid', reason], what);
  for (const audience of ['passenger', 'crew'] as const) {
    await stand.shows(audience, 'light red', '♪────', ...texts);
  }
  const rows = stand.rows();
  assert.is(rows.length, before + 1, what);
  assert.equal([rows.at(-1)?.reason, rows.at(-1)?.fare_taken], [reason, 0], what);
}

suite('refusals', test => {
  test('cards this bus does not take', async context => {
    const stand = await startStand(context);
    for (const card of cards) await refuses(stand, card);
    assert.is((await stand.tap(stand.crowd.tUnion('green'))).verdict, 'pass');
  });

  test('codes this bus does not take', async context => {
    const stand = await startStand(context, { camera: true });
    for (const code of codes) await refuses(stand, code);
    assert.is((await stand.scan(stand.crowd.code('green'))).verdict, 'pass');
  });

  test('student, senior and low-balance cards ride at their fare', async context => {
    const stand = await startStand(context);
    await stand.tap(stand.crowd.tUnion('green', { kind: 'student', balanceFen: 380 }));
    await stand.shows('passenger', '票价 0.50 元', '余额 3.80 元 请及时充值');
    await stand.tap(stand.crowd.tUnion('green', { kind: 'senior', balanceFen: 0 }));
    await stand.shows('passenger', '票价 0.00 元');
    await stand.shows('crew', '老年卡', '票价 0.00 元');
    assert.equal(
      stand.rows().map(row => [row.fare_taken, row.fare_fen]),
      [
        [1, 50],
        [1, 0],
      ],
    );
  });
});
