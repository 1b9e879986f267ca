import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { defaultRoutes, farEndOf, interfaces, nameServers, reach } from '../../../device/network/network.ts';
import { suite } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

suite('network', test => {
  test('default routes of both families, as the kernel lists them', async context => {
    const directory = temporaryDirectory(context);
    writeFileSync(
      join(directory, 'route'),
      `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
wwan0\t00000000\t00000000\t0001\t0\t0\t700\t00000000\t0\t0\t0
`,
    );
    writeFileSync(
      join(directory, 'ipv6_route'),
      `${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth0
fe800000000000000000000000000000 40 ${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00000100 00000001 00000000 00000001     eth0
${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00 ${'0'.repeat(32)} ffffffff 00000001 00000000 00200200       lo
`,
    );
    assert.equal(await defaultRoutes(directory), [
      { interface: 'eth0', gateway: '192.0.2.1' },
      { interface: 'wwan0', gateway: 'on the link' },
      { interface: 'eth0', gateway: 'fe80:0:0:0:0:0:0:1' },
    ]);
    assert.equal(await defaultRoutes(join(directory, 'nowhere')), []);
    assert.ok(Array.isArray(interfaces()));
  });

  test('name servers in their order; comments and other words are none', async context => {
    const file = join(temporaryDirectory(context), 'resolv.conf');
    writeFileSync(
      file,
      '# nameserver 1.1.1.1\nsearch bus\nnameserver 192.0.2.53\n nameserver\t2001:db8::1\n',
    );
    assert.equal(await nameServers(file), ['192.0.2.53', '2001:db8::1']);
    assert.equal(await nameServers(`${file}-nowhere`), []);
  });

  test('far ends of addresses, without a log-in', () => {
    assert.equal(farEndOf('feed', 'https://bus:secret@feed.example/x'), {
      what: 'feed',
      host: 'feed.example',
      port: 443,
    });
    assert.equal(farEndOf('uplink', 'mqtts://[2001:db8::5]'), {
      what: 'uplink',
      host: '2001:db8::5',
      port: 8883,
    });
    assert.equal(farEndOf('uplink', 'mqtt://broker:1999'), { what: 'uplink', host: 'broker', port: 1999 });
    for (const none of ['', 'nonsense', 'ftp://x', 'http://'])
      assert.is(farEndOf('feed', none), undefined, none);
  });

  test('who listens is reached; who does not, is unknown, or is given up, is told within the limit', async context => {
    const server = createServer(socket => socket.on('error', () => undefined));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    context.after(() => server.close());
    const { port } = server.address() as { port: number };
    const end = { what: 'feed', host: '127.0.0.1', port };
    const { reached, detail } = await reach(end, 60_000);
    assert.equal([reached, detail], [true, '127.0.0.1']);
    await new Promise(resolve => server.close(resolve));
    const refused = await reach(end, 60_000);
    assert.is(refused.reached, false);
    assert.match(refused.detail, 'ECONNREFUSED');
    assert.is((await reach({ ...end, host: 'nowhere.invalid' }, 60_000)).reached, false);
    const given = await reach(end, 60_000, AbortSignal.abort());
    assert.equal([given.reached, given.detail], [false, 'given up']);
  });
});
