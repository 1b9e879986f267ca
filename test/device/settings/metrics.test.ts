/** Where the metrics may be read: what settings can say. */
import * as assert from 'uvu/assert';
import { metrics } from '../../../device/settings/metrics.ts';
import { suite } from '../../harness.ts';

const longest = `/${'a'.repeat(106)}`;

suite('settings: metrics', test => {
  for (const [listen, expected] of [
    ['127.0.0.1:9464', { host: '127.0.0.1', port: 9464 }],
    ['[::1]:9464', { host: '::1', port: 9464 }],
    ['localhost:1', { host: 'localhost', port: 1 }],
    ['unix:/run/fare-validator/metrics.sock', { path: '/run/fare-validator/metrics.sock' }],
    [`unix:${longest}`, { path: longest }],
  ] as const) {
    test(`${listen.slice(0, 40)} can be listened at`, () => {
      assert.equal(metrics.parse({ listen }), { listen: expected });
    });
  }

  for (const listen of [
    ...['9464', ':9464', '127.0.0.1', '127.0.0.1:0', '127.0.0.1:65536', '[zz]:1', 'tcp://127.0.0.1:9464'],
    ...['unix:run/metrics.sock', `unix:${longest}a`, 'unix:/a b', ''],
  ]) {
    test(`"${listen.slice(0, 40)}" cannot, and it is said why`, () => {
      const { error } = metrics.safeParse({ listen });
      assert.match(error?.issues[0]?.message ?? '', 'must be host:port or unix:/path');
    });
  }
});
