import * as assert from 'uvu/assert';
import { doorContact } from '../../../device/settings/door-contact.ts';
import { suite } from '../../harness.ts';

const given = { driver: 'serial-contact', path: '/dev/ttyS4' } as const;
const problemsOf = (more: object) =>
  doorContact.safeParse({ ...given, ...more }).error?.issues.map(({ path }) => path.join('.')) ?? [];

suite('settings: door contact', test => {
  test('a driver and a wire are enough', () => {
    const usual = {
      name: 'door',
      baudRate: 9600,
      frame: '8N1',
      flowControl: 'none',
      opens: '31',
      closes: '30',
    };
    assert.equal(doorContact.parse(given), { ...given, ...usual });
  });

  test('what it sends is hex, and one message is not the beginning of the other', () => {
    assert.equal(problemsOf({ opens: '4F0D', closes: '430d' }), []);
    assert.equal(problemsOf({ opens: 'open' }), ['opens']);
    assert.equal(problemsOf({ closes: 30 }), ['closes']);
    for (const [opens, closes] of [
      ['31', '31'],
      ['31', '310d'],
      ['4f43', '4F'],
    ])
      assert.equal(problemsOf({ opens, closes }), ['closes']);
    assert.equal(problemsOf({ path: 'ttyS4' }), ['path']);
  });
});
