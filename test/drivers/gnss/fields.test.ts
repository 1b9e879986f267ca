/** The values in sentences that are whole: times, dates, places. */
import * as assert from 'uvu/assert';
import { suite } from '../../harness.ts';
import { iso, read, rmc } from './made-sentences.ts';

suite('NMEA fields', test => {
  for (const [clock, date, expected] of [
    ['235959.00', '311221', '2021-12-31T23:59:59.000Z'],
    ['235960.00', '311216', '2017-01-01T00:00:00.000Z'],
    ['000000.00', '290220', '2020-02-29T00:00:00.000Z'],
    ['120000.5', '010622', '2022-06-01T12:00:00.500Z'],
    ['120000.123456', '010672', '2072-06-01T12:00:00.123Z'],
    ['120000', '060180', '1980-01-06T12:00:00.000Z'],
    ['120060.00', '010622', undefined],
    ['240000.00', '010622', undefined],
    ['126000.00', '010622', undefined],
    ['12000.00', '010622', undefined],
    ['-10000.00', '010622', undefined],
    ['120000.00', '310222', undefined],
    ['120000.00', '290222', undefined],
    ['120000.00', '310422', undefined],
    ['120000.00', '000622', undefined],
    ['120000.00', '011322', undefined],
    ['120000.00', '', undefined],
    ['120000.00', '1622', undefined],
    ['', '010622', undefined],
  ] as const) {
    test(`RMC at ${clock || 'no time'} of ${date || 'no date'}: ${expected ?? 'no time'}`, () => {
      assert.is(iso(read(rmc(clock, date))?.time), expected);
    });
  }

  for (const [fields, expected] of [
    ['120000.00,01,06,2022,00,00', '2022-06-01T12:00:00.000Z'],
    ['120000.00,01,06,2022,,', '2022-06-01T12:00:00.000Z'],
    ['120000.00,31,02,2022,00,00', undefined],
    ['120000.00,1,06,2022,00,00', undefined],
    ['120000.00,01,06,22,00,00', undefined],
    ['120000.00,01,06,0022,00,00', undefined],
    ['120000.00,01,06,9999,00,00', undefined],
    ['120000.00,29,02,2100,00,00', undefined],
    ['120000.00,29,02,2000,00,00', '2000-02-29T12:00:00.000Z'],
    ['120000.00,,,,00,00', undefined],
    [',,,,,', undefined],
    ['120000.00', undefined],
  ] as const) {
    test(`ZDA ${fields}: ${expected ?? 'no time'}`, () => {
      assert.is(iso(read(`GNZDA,${fields}`)?.time), expected);
    });
  }

  test('impossible coordinates are no position', () => {
    for (const where of [
      '9100.0000,N,11623.5020,E',
      '3960.0000,N,11623.5020,E',
      '3953.9160,N,18100.0000,E',
      '3953.9160,N,11660.0000,E',
      '3953.9160,,11623.5020,E',
      '3953.9160,E,11623.5020,N',
      '3953.9160,N,11623.5020,',
      ',N,11623.5020,E',
      '395.9160,N,11623.5020,E',
      '-953.9160,N,11623.5020,E',
      '3953.9160,N,1e3,E',
    ]) {
      const found = read(rmc('120000.00', '010622', 'A', where));
      assert.ok(found, where);
      assert.is(found.position, undefined, where);
    }
  });

  test('0° N 0° E is no position, the equator and Greenwich are', () => {
    for (const where of ['0000.0000,N,00000.0000,E', '0000.00,S,00000.00,W', '0000,N,00000,E'])
      for (const body of [rmc('120000.00', '010622', 'A', where), `GNGGA,120000.00,${where},1,08,,,,,,,`]) {
        assert.ok(read(body), body);
        assert.is(read(body)?.position, undefined, body);
      }
    for (const where of ['0000.0000,N,11623.5020,E', '5128.0000,N,00000.0000,W'])
      assert.ok(read(rmc('120000.00', '010622', 'A', where))?.position, where);
  });
});
