/** After a day's mix of taps, nothing the validator wrote or printed names a passenger. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { toHex } from '../../../device/core/bytes.ts';
import { bankImage, mifareImage } from '../../../sim/media/card-images.ts';
import { foreignCodes } from '../../../sim/media/foreign-codes.ts';
import { renderFrame } from '../../../sim/media/frame.ts';
import { createPhone } from '../../../sim/media/phone.ts';
import { createVirtualCard } from '../../../sim/media/virtual-card.ts';
import { type CardFaultName, cardFaults } from '../../../sim/wires/card-faults.ts';
import type { WireCard } from '../../../sim/wires/vpcd-card.ts';
import { suite, until } from '../../harness.ts';
import { type Stand, startStand, strictWithCards } from './stand.ts';

const paymentAccount = 'PAY-7731-0042-99';

/** Everything that went over the wires and must be nowhere else. */
interface Secrets {
  readonly codes: Uint8Array[];
  readonly bodies: Uint8Array[];
}

/** A card whose answers are kept: those long enough to be told from a status or a date. */
function listenedTo(card: WireCard, { bodies }: Secrets): WireCard {
  return {
    ...card,
    async respond(command) {
      const reply = await card.respond(command);
      if (reply instanceof Uint8Array && reply.length > 20) bodies.push(reply.subarray(0, -2));
      return reply;
    },
  };
}

async function presentEverything(stand: Stand, secrets: Secrets): Promise<void> {
  const { crowd, office } = stand;
  const key = (card: WireCard) => listenedTo(card, secrets);
  const show = (code: Uint8Array) => {
    secrets.codes.push(code);
    return code;
  };
  for (const health of ['green', 'yellow', 'red', 'popup', 'unknown', 'none'] as const) {
    await stand.tap(key(crowd.tUnion(health)));
    await stand.tap(key(crowd.bmac(health, { balanceFen: 50 })));
    const account = crowd.account('ride-code', health);
    const phone = createPhone({ issuer: office.issuer, account, paymentAccount });
    const code = show(phone.showCode({ at: Date.now() }));
    await stand.scan(Buffer.from(code).toString('base64'));
    await stand.scan(show(code.with(331, (code[331] ?? 0) ^ 1)));
    await stand.scan(show(code.subarray(0, 300)));
    await stand.show(renderFrame([show(phone.showCode({ at: Date.now() }))]));
    await stand.scan(show(phone.showCode({ at: Date.now() - 3_600_000 })));
  }
  for (const name of Object.keys(cardFaults) as CardFaultName[]) {
    await stand.tap(key(crowd.tUnion('green')), cardFaults[name]());
  }
  for (const image of [bankImage(), mifareImage()]) await stand.tap(key(createVirtualCard(image)));
  await stand.scan(toHex(show(foreignCodes.alipay)));
  await stand.scan(Buffer.from(show(foreignCodes.unionpay)).toString('latin1'));
  await stand.scan(`${toHex(crowd.code('green'))}zz`);
}

const everyReport = [
  ...['status', 'version', 'config', 'line', 'door', 'readers', 'reader', 'scanner', 'camera', 'camera look'],
  ...[
    'cache',
    'denied',
    'network',
    'journal 200',
    'journal verify',
    'taps',
    'counters',
    'log 200 debug',
    'diagnostics',
  ],
];

async function printEverything(stand: Stand, secrets: Secrets): Promise<string> {
  const technician = await stand.technician();
  for (const command of everyReport) {
    await technician.ask(command);
  }
  const waits = () => technician.text().split('Ctrl-C ends the wait').length - 1;
  for (const present of [
    () => stand.tap(listenedTo(stand.crowd.tUnion('red'), secrets)),
    () => stand.scan(stand.crowd.code('green')),
    // Not Alipay's again: the same within two seconds is still in view.
    () => stand.scan(foreignCodes['city-card-1']),
  ]) {
    const before = waits();
    const explained = technician.ask('explain');
    await until('the wait', () => waits() > before);
    await present();
    await explained;
  }
  return technician.text();
}

/** A number as text, as BCD bytes in hex, and what is left of it without its beginning, common to many. */
function formsOf(account: string): string[] {
  const even = account.length % 2 === 0 ? account : `0${account}`;
  const tail = account.slice(-10);
  return [tail, Buffer.from(tail).toString('hex'), even.slice(-10)];
}

/** Long pieces of something secret, as they could be written down; filler that says nothing is no secret. */
function piecesOf(bytes: Uint8Array): string[] {
  if (new Set(bytes).size < 8) return [];
  const middle = bytes.subarray(Math.floor(bytes.length / 3));
  const piece = Buffer.from(middle.subarray(0, 18));
  const base64 = Buffer.from(bytes).toString('base64');
  return [piece.toString('hex'), piece.toString('latin1'), base64.slice(40, 72), bytes.join(',')].filter(
    text => text.length > 8,
  );
}

/** Of its databases; empty logs hold nothing. */
function cacheFiles({ office }: Stand): string[] {
  const { links } = office.files;
  const files = readdirSync(links).filter(name => /\.sqlite(-wal)?$/.test(name));
  return files.map(name => join(links, name)).filter(file => statSync(file).size > 0);
}

suite('privacy', test => {
  test('no account, no whole code, no APDU body in log, journal, cache and console', async context => {
    const stand = await startStand(context, {
      camera: true,
      settings: usual => ({ ...strictWithCards.settings(usual), logLevel: 'debug', noticeMs: 500 }),
    });
    const secrets: Secrets = { codes: [], bodies: [] };
    await presentEverything(stand, secrets);
    const printed = await printEverything(stand, secrets);
    const journal = ['', '-wal'].map(end => join(stand.directory, `journal.sqlite${end}`)).filter(existsSync);
    const written = {
      log: stand.log.map(line => JSON.stringify(line)).join('\n'),
      console: printed,
      ...Object.fromEntries(
        [...journal, ...cacheFiles(stand)].flatMap(file => {
          const bytes = readFileSync(file);
          return [
            [file, bytes.toString('latin1')],
            [`${file} in hex`, bytes.toString('hex')],
          ];
        }),
      ),
    };
    assert.ok(secrets.codes.length > 25 && secrets.bodies.length > 20);
    assert.ok(stand.rows().length > 50);
    assert.match(written.console, /verdict +abnormal/);
    const forbidden = [
      paymentAccount,
      Buffer.from(paymentAccount).toString('hex'),
      ...stand.crowd.accounts.flatMap(formsOf),
      ...[...secrets.codes, ...secrets.bodies].flatMap(piecesOf),
    ];
    for (const [where, text] of Object.entries(written)) {
      assert.ok(text.length > 1000, where);
      const lower = text.toLowerCase();
      const leaks = forbidden.filter(secret => text.includes(secret) || lower.includes(secret.toLowerCase()));
      assert.equal(leaks, [], where);
    }
  });
});
