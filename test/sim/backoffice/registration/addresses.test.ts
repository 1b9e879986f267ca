/** Addresses as proxies write them: no way of writing one is another address for the limits. */
import * as assert from 'uvu/assert';
import { bareAddress, networkOf } from '../../../../sim/backoffice/registration/addresses.ts';
import { suite } from '../../../harness.ts';

suite('addresses that count as one', test => {
  for (const [address, network] of [
    ['10.1.2.3', '10.1.2.3'],
    ['10.1.2.3:1234', '10.1.2.3'],
    ['10.1.2.3:', '10.1.2.3'],
    ['"10.1.2.3:1234"', '10.1.2.3'],
    [' 10.1.2.3 ', '10.1.2.3'],
    ['[10.1.2.3]:80', '10.1.2.3'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['::FFFF:a01:203', '10.1.2.3'],
    ['0:0:0:0:0:ffff:0a01:0203', '10.1.2.3'],
    ['[::ffff:10.1.2.3]:80', '10.1.2.3'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['[2001:db8:1:2::1]', '2001:db8:1:2::/64'],
    ['"[2001:db8:1:2::1]:443"', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['[fe80::1%25eth0]:80', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['[::1]:80', '0:0:0:0::/64'],
    ['', 'nowhere'],
    ['nonsense', 'nowhere'],
    ['unknown', 'nowhere'],
    ['_hidden', 'nowhere'],
    ['1.2.3', 'nowhere'],
    ['01.2.3.4', 'nowhere'],
    ['1.2.3.4:5:6', 'nowhere'],
    ['1.2.3.4, 5.6.7.8', 'nowhere'],
    ['[1.2.3.4', 'nowhere'],
    ['http://1.2.3.4', 'nowhere'],
    ['1.2.3.4\u0000', 'nowhere'],
  ] as const) {
    test(`${JSON.stringify(address)} is in ${network}`, () => {
      assert.is(networkOf(address), network);
      const bare = bareAddress(address);
      if (bare !== undefined) assert.is(bareAddress(bare), bare, 'once bare, it stays');
    });
  }
});
