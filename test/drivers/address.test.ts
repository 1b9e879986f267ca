import * as assert from 'uvu/assert';
import { DeviceError } from '../../device/errors.ts';
import { describeAddress, parseAddress } from '../../drivers/address.ts';
import { suite } from '../harness.ts';

suite('address', test => {
  for (const [text, address] of [
    ['tcp://127.0.0.1:4001', { kind: 'tcp', host: '127.0.0.1', port: 4001 }],
    ['tcp://port-server.local:1', { kind: 'tcp', host: 'port-server.local', port: 1 }],
    ['tcp://[::1]:65535', { kind: 'tcp', host: '::1', port: 65_535 }],
    ['/dev/ttyUSB0', { kind: 'tty', path: '/dev/ttyUSB0' }],
  ] as const) {
    test(`reads ${text}`, () => {
      assert.equal(parseAddress(text), address);
      assert.is(describeAddress(parseAddress(text)), text);
    });
  }

  for (const text of [
    '',
    'ttyUSB0',
    'udp://host:1',
    'tcp://host',
    'tcp://host:',
    'tcp://:4001',
    'tcp://host:0',
    'tcp://host:65536',
    'tcp://host:99999999999999999999',
    'tcp://host:-1',
    'tcp://host:4001/',
    'tcp://a host:4001',
    'tcp://::1:4001',
  ]) {
    test(`refuses "${text}"`, () => {
      assert.throws(
        () => parseAddress(text),
        (error: unknown) => error instanceof DeviceError && error.kind === 'config',
      );
    });
  }
});
