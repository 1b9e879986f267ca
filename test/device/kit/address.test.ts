import * as assert from 'uvu/assert';
import { describeAddress, hideUserinfo, isAddress, parseAddress } from '../../../device/kit/address.ts';
import { DeviceError } from '../../../device/kit/errors.ts';
import { suite } from '../../harness.ts';

suite('address', test => {
  for (const [text, address] of [
    ['tcp://127.0.0.1:4001', { kind: 'tcp', host: '127.0.0.1', port: 4001 }],
    ['tcp://port-server.local:1', { kind: 'tcp', host: 'port-server.local', port: 1 }],
    ['tcp://[::1]:65535', { kind: 'tcp', host: '::1', port: 65_535 }],
    ['tcp://[fe80::1%eth0]:1', { kind: 'tcp', host: 'fe80::1%eth0', port: 1 }],
    ['/dev/ttyUSB0', { kind: 'tty', path: '/dev/ttyUSB0' }],
  ] as const) {
    test(`reads ${text}`, () => {
      assert.equal(parseAddress(text), address);
      assert.is(describeAddress(parseAddress(text)), text);
      assert.ok(isAddress(text, [address.kind]));
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
    'tcp://[host]:4001',
    'tcp://[fe80::1%]:4001',
    'tcp://[fe80::1%eth 0]:4001',
    '/',
    '/dev/a tty',
  ]) {
    test(`refuses "${text}"`, () => {
      assert.throws(
        () => parseAddress(text),
        (error: unknown) => error instanceof DeviceError && error.kind === 'config',
      );
      assert.not(isAddress(text));
    });
  }

  test('tells an address of the other kind from one that is none', () => {
    assert.not(isAddress('/dev/ttyUSB0', ['tcp']));
    assert.not(isAddress('tcp://host:1', ['tty']));
  });
});

suite('userinfo', test => {
  test('is hidden in every address, and nothing else is', () => {
    const said = 'open rtsp://admin:s3cret@cam/1 failed, http://u@h, tcp://host:80/a@b, mail a@b';
    assert.is(hideUserinfo(said), 'open rtsp://***@cam/1 failed, http://***@h, tcp://host:80/a@b, mail a@b');
    assert.is(hideUserinfo('rtsp://admin:p@ss:w?rd@cam/1'), 'rtsp://***@cam/1');
    assert.is(hideUserinfo('rtsp://cam/user=a_password=b_channel=1'), 'rtsp://cam/user=a_password=***');
    assert.is(hideUserinfo(hideUserinfo(said)), hideUserinfo(said));
  });
});
