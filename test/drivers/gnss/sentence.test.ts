import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { readSentences } from '../../../drivers/gnss/sentence.ts';
import { epochText, sentence } from '../../../sim/wires/nmea.ts';
import { suite } from '../../harness.ts';
import { iso, one, place, read, rmc } from './made-sentences.ts';

interface Sample {
  readonly from: string;
  readonly line: string;
  readonly time?: string;
  readonly at?: readonly [number, number];
  readonly satellites?: number;
}

/** As receivers send them. */
const samples: readonly Sample[] = [
  {
    from: 'u-blox, protocol specification: RMC',
    line: '$GPRMC,083559.00,A,4717.11437,N,00833.91522,E,0.004,77.52,091202,,,A*57',
    time: '2002-12-09T08:35:59.000Z',
    at: [47.2852395, 8.5652537],
  },
  {
    from: 'u-blox, protocol specification: GGA',
    line: '$GPGGA,092725.00,4717.11399,N,00833.91590,E,1,08,1.01,499.6,M,48.0,M,,*5B',
    at: [47.2852332, 8.565265],
    satellites: 8,
  },
  {
    from: 'u-blox, protocol specification: ZDA',
    line: '$GPZDA,082710.00,16,09,2002,00,00*64',
    time: '2002-09-16T08:27:10.000Z',
  },
  {
    from: 'u-blox M8, before its first fix',
    line: '$GNRMC,,V,,,,,,,,,,N*4D',
  },
  {
    from: 'as Quectel L76 and LC76 send it: milliseconds, four decimals',
    line: '$GNRMC,072353.000,A,3953.9160,N,11623.5020,E,7.74,50.28,290922,,,A*4B',
    time: '2022-09-29T07:23:53.000Z',
    at: [39.8986, 116.3917],
  },
  {
    from: 'as BeiDou modules (AT6558, CASIC) send it: talker BD, ZDA without a zone',
    line: '$BDZDA,065106.00,08,01,2022,,*78',
    time: '2022-01-08T06:51:06.000Z',
  },
  {
    from: 'as those of NMEA 4.11 send it: talker GB, navigational status',
    line: '$GBRMC,055525.000,A,3953.916000,N,11623.502000,E,0.00,000.00,100622,,,A,C*14',
    time: '2022-06-10T05:55:25.000Z',
    at: [39.8986, 116.3917],
  },
  {
    from: 'as Unicore UM960 and UM980 send it: eight decimals',
    line: '$GNGGA,000048.00,3953.91600000,N,11623.50200000,E,4,28,0.6,44.4358,M,-9.0136,M,1.0,0103*72',
    at: [39.8986, 116.3917],
    satellites: 28,
  },
  {
    from: 'before its first fix, with the time of its battery clock',
    line: '$GBRMC,000010.700,V,,,,,,,050180,,,N,V*2F',
    time: '1980-01-05T00:00:10.700Z',
  },
  {
    from: 'status A without coordinates',
    line: '$GNRMC,154230.000,A,,,,,,,110224,,,A,V*34',
    time: '2024-02-11T15:42:30.000Z',
  },
];

suite('NMEA sentences', test => {
  for (const { from, line, time, at, satellites } of samples) {
    test(from, () => {
      // A sample's own checksum counts where it is right, as it must be.
      const [, body = ''] = /^\$(.*)\*/.exec(line) ?? [];
      assert.is(line, sentence(body).trimEnd(), 'the sample itself');
      const found = one(line);
      assert.ok(found);
      assert.is(iso(found.time), time);
      assert.is(found.satellites, satellites);
      const position = found.position && [found.position.latitudeDeg, found.position.longitudeDeg];
      assert.is(position === undefined, at === undefined);
      for (const [i, deg] of (at ?? []).entries()) assert.ok(Math.abs((position?.[i] ?? 0) - deg) < 1e-6);
    });
  }

  test('what the receiver does not vouch for has no position', () => {
    const good = read(rmc('120000.00', '010622'));
    assert.ok(good?.position);
    for (const body of [
      rmc('120000.00', '010622', 'V'),
      rmc('120000.00', '010622', ''),
      ...['N', 'M', 'S'].map(mode => rmc('120000.00', '010622', 'A', place, `,${mode}`)),
      ...[0, 7, 8].map(quality => `GNGGA,120000.00,${place},${quality},08,0.9,48.2,M,-9.0,M,,`),
      `GNGNS,120000.00,${place},NN,08,0.9,48.2,-9.0,,`,
      `GNGNS,120000.00,${place},SN,08,0.9,48.2,-9.0,,`,
    ]) {
      const found = read(body);
      assert.ok(found, body);
      assert.is(found.position, undefined, body);
    }
    for (const body of [
      `GNGNS,120000.00,${place},NA,08,0.9,48.2,-9.0,,`,
      `BDGGA,120000.00,${place},6,08,0.9,48.2,M,-9.0,M,,`,
      `GBRMC,120000.00,A,${place},0.0,,010622,,`,
    ])
      assert.ok(read(body)?.position, body);
  });

  test('only sentences of receivers, with a checksum that is right', () => {
    const line = sentence(rmc('120000.00', '010622')).trimEnd();
    assert.ok(one(line));
    assert.is(one(line.slice(0, -3)), undefined);
    assert.is(one(line.slice(0, -1)), undefined);
    assert.is(one(line.replace('$GN', '$II')), undefined);
    assert.is(one(line.slice(1)), undefined);
    for (const type of ['toString', 'constructor', '__proto__', 'VTG', 'RMCX']) {
      assert.equal(readSentences(sentence(`GN${type},1,2`)).sentences, [], type);
    }
    const nothing = { sentences: [], refused: 0, unchecked: 0, others: 0 };
    assert.equal(readSentences(line.replace('3953', '3954')), { ...nothing, refused: 1 });
    assert.equal(readSentences(line.slice(0, -3)), { ...nothing, unchecked: 1 });
    for (const body of [
      'GPGSV,1,1,00,1',
      'PUBX,00,1',
      'PGRMC,A,1',
      'PMTK001,1,3',
      'GPTXT,01,01,02,ANTSTATUS=OK',
    ])
      assert.equal(readSentences(sentence(body)), { ...nothing, others: 1 }, body);
  });

  test('a sentence that is not damaged counts, whatever it lacks or has too much', () => {
    const whole = `120000.00,A,${place},0.0,,010622,,,A,V,X,,1`.split(',');
    for (let count = 1; count <= whole.length; count++) {
      const { sentences, refused } = readSentences(sentence(`GNRMC,${whole.slice(0, count).join(',')}`));
      const [found] = sentences;
      assert.is(refused, 0);
      assert.is(found?.timeOfDayMs, 43_200_000);
      assert.is(found?.position !== undefined, count >= 6, `${count} fields`);
      assert.is(iso(found?.time), count >= 9 ? '2022-06-01T12:00:00.000Z' : undefined);
    }
    for (const body of [
      `GNGGA,120000.00,${place},1,08,0.9,48.2,M,-9.0,M`,
      `GNGGA,120000.00,${place},1,08,0.9,48.2,M,-9.0,M,,,X`,
      `GNGGA,120000.00,${place},1`,
      `GNGNS,120000.00,${place},ANNNNN,08,0.9,48.2,-9.0,,,V,7`,
      `GNRMC,120000.00,A,${place},0.0,,010622,,,A,Z`,
      `GNRMC,120000.00,A,${place},0.0,,010622,,,Q`,
      `GNRMC,120000.00,A,${place},x,y,010622,z`,
      `GNGGA,120000.00,${place},1,eight,0.9,48.2,F,-9.0,F,,`,
    ])
      assert.ok(read(body)?.position, body);
    for (const body of ['GNRMC,', 'GNGGA,,,,,X', 'GNZDA,', rmc('120000.00', '010622', 'X')]) {
      assert.ok(read(body), body);
      assert.is(read(body)?.position, undefined, body);
    }
  });

  test('every letter for a fix is one, as a status too; every quality for a fix, those of NovAtel too', () => {
    for (const letter of 'ADEFPR') {
      assert.ok(read(rmc('120000.00', '010622', letter, place, `,${letter}`))?.position, letter);
      assert.ok(read(`GNGNS,120000.00,${place},N${letter}N,08,0.9,48.2,-9.0,,`)?.position, letter);
    }
    const d = '$GNRMC,120000.00,D,3953.91600000,N,11623.50200000,E,0.012,77.5,010622,6.1,W,D,C';
    assert.ok(read(d.slice(1))?.position, 'UM960');
    for (const quality of [1, 2, 3, 4, 5, 6, 9])
      assert.ok(
        read(`GNGGA,120000.00,${place},${quality},08,0.9,48.2,M,-9.0,M,,`)?.position,
        String(quality),
      );
    for (const letter of 'VNMSX')
      assert.is(read(rmc('120000.00', '010622', letter, place, ''))?.position, undefined, letter);
    for (const quality of ['', 'A', '10', '99', '-1'])
      assert.is(read(`GNGGA,120000.00,${place},${quality},08,0.9,48.2,M,-9.0,M,,`)?.position, undefined);
  });

  test('talkers of satellite receivers are those of all systems', () => {
    for (const talker of ['GP', 'GN', 'GL', 'GA', 'GB', 'BD', 'GI', 'GQ', 'QZ', 'IN'])
      assert.ok(read(rmc('120000.00', '010622').replace('GN', talker))?.position, talker);
    for (const talker of ['II', 'HC', 'PG', 'P'])
      assert.is(read(rmc('120000.00', '010622').replace('GN', talker)), undefined, talker);
  });

  test('a checksum may be in small letters, and a sentence long', () => {
    const line = sentence(rmc('120000.00', '010622')).trimEnd();
    const small = line.slice(0, -2) + line.slice(-2).toLowerCase();
    assert.ok(one(small)?.position);
    const long = `GNRMC,120000.000000000,A,3953.${'9'.repeat(60)},N,11623.${'5'.repeat(60)},E,,,010622`;
    assert.ok(read(long)?.position);
    assert.is(iso(read(long)?.time), '2022-06-01T12:00:00.000Z');
  });

  test('finds sentences behind, before and between what is none', () => {
    const line = sentence(rmc('120000.00', '010622')).trimEnd();
    for (const text of [`\xb5b\x01\x07${line}`, `${line}\xff\x00`, `$GNRMC,1200${line}`, `${line}${line}`])
      assert.ok(one(text)?.position, text);
    assert.is(readSentences(`${line}${line}`).sentences.length, 2);
  });

  test('noise never throws', () => {
    const bytes = fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 300 });
    const field = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('', 'A', 'N', '120000.00', '010622'));
    const body = fc
      .tuple(fc.constantFrom('RMC', 'GGA', 'GNS', 'ZDA', 'TXT'), fc.array(field, { maxLength: 16 }))
      .map(([type, fields]) => sentence(`GN${type},${fields.join(',')}`));
    fc.assert(
      fc.property(bytes, body, (noise, text) => {
        const junk = Buffer.from(noise).toString('latin1');
        readSentences(junk);
        readSentences(text);
        readSentences(`${junk}${text}${junk}`);
      }),
      { numRuns: 2000 },
    );
  });

  test('one changed byte of an epoch is never believed', () => {
    const position = { latitudeDeg: 39.8986, longitudeDeg: 116.3917 };
    const epoch = epochText({ time: Date.UTC(2022, 5, 1, 12), position, speedKmh: 0 });
    const told = (text: string) => text.split('\r\n').flatMap(line => readSentences(line).sentences);
    const before = told(epoch).map(found => JSON.stringify(found));
    fc.assert(
      fc.property(fc.nat({ max: epoch.length - 1 }), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const changed = epoch.slice(0, at) + String.fromCharCode(byte) + epoch.slice(at + 1);
        for (const found of told(changed)) assert.ok(before.includes(JSON.stringify(found)), changed);
      }),
      { numRuns: 2000 },
    );
  });
});
