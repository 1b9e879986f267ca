/** Each fault has its alarm, and the pages in docs/alarms/ are those of the table. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { urgencyText } from '../../../device/alarms/alarm.ts';
import { type AlarmCode, alarmCodes, alarmOf, alarms, alarmWith } from '../../../device/alarms/alarms.ts';
import type { PartKind } from '../../../device/core/service-screen.ts';
import { DeviceError } from '../../../device/kit/errors.ts';
import { createParts } from '../../../device/parts.ts';
import { suite } from '../../harness.ts';
import { alarmPages, pagesDirectory } from './pages.ts';

/** A fault of each, in the words that drivers, stores and the system have for it. */
const told: Readonly<Record<AlarmCode, string>> = {
  S01: 'starting',
  J11: 'the journal has come to its 256 MiB of rows that nobody has acknowledged',
  J12: 'journal append: SQLITE_FULL: database or disk is full',
  J13: 'journal append: EFBIG: file too large, write',
  J14: 'journal append: attempt to write a readonly database',
  J15: 'journal open: database is locked',
  J16: "journal open: EACCES: permission denied, open '/data/journal.sqlite'",
  J17: 'the journal belongs to device bus-2-front',
  J18: 'the journal was removed or replaced',
  J19: 'the disk does not answer',
  J21: 'the journal was damaged (not a database): its rows up to 9 are in /data/journal.damaged',
  J29: 'rows 4 to 9 are lost',
  J31: 'process 71 reads the journal, whose WAL has 20 MiB',
  J39: 'the journal has 240 of 256 MiB of rows that nobody has acknowledged',
  R11: 'no reader is plugged in',
  R12: 'pcscd does not answer: ENOENT',
  R13: 'nfc-pcsc cannot be loaded: install the packages libpcsclite-dev and run npm ci',
  R14: 'another program holds the reader: SCardConnect error: Sharing violation.(0x8010000B)',
  R19: 'connection refused',
  P11: 'there is no PSAM in it',
  P12: 'the PSAM does not give its number (6983)',
  P19: 'no answer from the card in 700 ms',
  C11: 'a code that is no ride code stands in view: take it away or cover it',
  C12: 'the picture is frozen: the same for 30 s',
  C13: 'ffmpeg is missing: install the package ffmpeg',
  C19: 'cannot open /dev/ttyACM0: ENOENT',
  C29: 'the decoding worker ended',
  H11: '/data/links: no link cache',
  H12: 'no key for what the cache is under',
  H13: 'others may write /data/links',
  H14: 'the health-code status is older than the policy allows',
  H15: 'the data is from the future: data or clock has the wrong time',
  H19: 'the generation is damaged',
  F11: 'root.json is not signed by the initial root metadata',
  F12: 'there is no key for this device in the feed',
  F13: 'https://feed.example: the certificate of feed.example is not yet valid',
  F14: 'timestamp.json has expired',
  F15: 'the certificate of feed.example is for another name',
  F16: '/data/links: ENOSPC: no space left on device, write',
  F17: 'https://feed.example/timestamp.json: not JSON',
  F18: 'the syncing thread: ended with exit code 1',
  F21: 'https://feed.example/timestamp.json: status 503',
  F22: 'getaddrinfo ENOTFOUND feed.example',
  F23: 'version 4 is less than the 7 seen before: rollback',
  F29: 'connect ECONNREFUSED 10.0.0.1:443',
  F39: 'root.json expires 2022-07-01T00:00:00Z: feed rotate --key root must come before',
  U11: 'the back office does not take 2 rows, the last is 9',
  U12: 'another has connected as this validator',
  U13: 'the broker refuses us: not authorised',
  U14: 'EROFS: read-only file system, open',
  U15: "ENOENT: no such file or directory, open '/etc/uplink.json'",
  U16: 'getaddrinfo EAI_AGAIN broker.example',
  U17: 'the back office does not answer a hello',
  U18: "the uplink's thread: ended",
  U29: 'connect ECONNREFUSED 10.0.0.1:8883',
  B11: 'cannot listen: EADDRINUSE',
  B12: 'no agreement on a key with 10.0.0.2:7000',
  B19: '10.0.0.2:7000 has closed',
  N19: 'cannot listen: EADDRINUSE',
  T11: 'no plausible source of time',
  T12: 'synchronised time is 3 h ahead and is not followed',
  T13: 'the system clock is doubted: it is behind signed data',
  T14: 'gnss and feed contradict each other',
  T19: 'the clock stands still',
  G11: 'nothing heard for 1900 ms',
  G19: 'what is heard is no NMEA',
  E19: 'cannot open /dev/ttyUSB3: ENOENT',
  D19: 'cannot open /dev/ttyUSB1: EIO',
  L11: 'lacks prompts: di (no track in the settings)',
  L12: 'lacks prompts: di (no file)',
  L13: 'no memory card with recordings in the module',
  L14: 'setpriv is missing: install the package util-linux',
  L19: 'the sound card does not take the sound',
  K19: 'cannot open /dev/ttyUSB4: ENOENT',
  W19: '/var/lib/firmware: ENOSPC: no space left on device, write',
  M19: 'cannot open /dev/ttyS0: ENOENT',
};

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const kindOf = (code: string) =>
  (Object.keys(alarms) as PartKind[]).find(kind => alarms[kind].some(alarm => alarm.code === code));

suite('alarms', test => {
  test('each fault has the code of its cause, and the same one wherever the part is looked at', () => {
    for (const code of alarmCodes) {
      const problem = told[code];
      const kind = kindOf(code) ?? 'gnss';
      assert.is(alarmOf(kind, problem), code, `${kind}: ${problem}`);
      const parts = createParts(silent);
      const part = parts.add(kind, 'one');
      if (code !== 'S01') part.fault(new DeviceError('storage', 'one', problem));
      assert.is(parts.list()[0]?.alarm, code);
      part.ready();
      assert.is(parts.list()[0]?.alarm, undefined);
    }
  });

  test('a code is one alarm alone, short enough to be read out', () => {
    const all = Object.values(alarms).flatMap(of => of.map(({ code }) => code));
    assert.is(new Set(all).size, all.length);
    assert.equal(
      alarmCodes.filter(code => !/^[A-Z]\d\d$/.test(code)),
      [],
    );
    const letters = (kind: PartKind) => new Set(alarms[kind].map(({ code }) => code[0])).size;
    assert.equal(
      (Object.keys(alarms) as PartKind[]).filter(kind => letters(kind) !== 1),
      [],
    );
  });

  test('a code that nobody has given is no alarm', () => {
    assert.is(alarmWith('R77'), undefined);
    assert.is(alarmWith('R12').code, 'R12');
  });

  test('every text is there in Chinese and English, and ends without a full stop', () => {
    const texts = alarmCodes.flatMap(code => {
      const { means, remedy } = alarmWith(code);
      return [means, remedy].map(text => ({ code, ...text }));
    });
    const isWhole = ({ zh, en }: (typeof texts)[number]) =>
      /\p{Script=Han}/u.test(zh) && /^[a-zA-Z`]/.test(en) && !/[.。]$/.test(zh + en) && !/[.。]$/.test(zh);
    assert.equal(
      texts.filter(text => !isWhole(text)).map(({ code }) => code),
      [],
    );
    assert.is(Object.keys(urgencyText).length, 4);
  });

  test('docs/alarms/ has the page of each code, and no other', () => {
    const pages = alarmPages();
    assert.equal(readdirSync(pagesDirectory).sort(), [...pages.keys()].sort());
    for (const [name, text] of pages) {
      assert.is(readFileSync(join(pagesDirectory, name), 'utf8'), text, `${name}: write it anew by pages.js`);
    }
  });
});
