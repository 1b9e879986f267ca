/** Mosquitto: by MQTT 5 with TLS, client certificates and an access list, as operating.md sets it up; and plain, by 3.1.1. */
import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { DeviceError } from '../../../../device/kit/errors.ts';
import { isProgram } from '../../../../drivers/wire/program.ts';
import { freePort } from '../../../../sim/wires/free-port.ts';
import { connectBroker } from '../../../../sync/uplink/connection.ts';
import { downTopic, levelOf } from '../../../../sync/uplink/topics.ts';
import { brokerContract, numbers, openOffice, openValidator, rowsOf } from '../../../contract/broker.ts';
import { suite, type TestContext, until } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { createAuthority, type Issued } from './authority.ts';
import { brokerExample, startBrokerProcess } from './broker-process.ts';

const program = '/usr/sbin/mosquitto';
const needed = {
  what: 'mosquitto',
  packages: ['mosquitto', 'openssl'],
  met: () => isProgram(program) && isProgram('openssl'),
};

async function startMosquitto(context: TestContext, dir: string, port: number) {
  const start = () => startBrokerProcess([program, '-c', join(dir, 'mosquitto.conf')], { port });
  let broker = await start();
  context.after(() => broker.kill());
  return {
    async restart() {
      await broker.kill();
      broker = await start();
    },
  };
}

function writeAccessList(dir: string, text: string): void {
  writeFileSync(join(dir, 'acl'), text);
  chmodSync(join(dir, 'acl'), 0o600);
}

async function openMosquitto(context: TestContext) {
  const dir = temporaryDirectory(context);
  const port = await freePort();
  const authority = createAuthority(context);
  authority.issue('broker', 'broker');
  const copy = () => authority.copyTo(dir, 'ca.pem', 'crl.pem', 'broker.pem', 'broker.key');
  copy();
  const here = (text: string) => text.replaceAll('/etc/mosquitto/uplink', dir).replace('8883', String(port));
  writeFileSync(join(dir, 'mosquitto.conf'), `${here(brokerExample('mosquitto/mosquitto.conf'))}user root\n`);
  writeAccessList(dir, brokerExample('mosquitto/acl'));
  const { restart } = await startMosquitto(context, dir, port);
  const known = (issued: Issued) => ({ url: `mqtts://127.0.0.1:${port}`, ca: authority.ca, ...issued });
  return {
    authority,
    known,
    version: 5 as const,
    office: known(authority.issue('office', 'office')),
    validator: (device: string) => known(authority.issue(`validator-${device}`, levelOf(device))),
    async restart() {
      copy();
      await restart();
    },
  };
}

/** Without TLS, each known by the name of its connection, and behind something that knows MQTT 3.1.1 alone. */
async function openPlain(context: TestContext) {
  const dir = temporaryDirectory(context);
  const port = await freePort();
  const password = 'secret';
  execFileSync('mosquitto_passwd', ['-b', '-c', join(dir, 'passwords'), 'office', password], {
    stdio: 'ignore',
  });
  const settings = [`listener ${port} 127.0.0.1`, 'allow_anonymous true', `acl_file ${join(dir, 'acl')}`];
  const more = [
    `password_file ${join(dir, 'passwords')}`,
    'persistence false',
    'message_size_limit 262144',
    'user root',
  ];
  writeFileSync(join(dir, 'mosquitto.conf'), `${[...settings, ...more].join('\n')}\n`);
  writeAccessList(dir, brokerExample('mosquitto/acl').replaceAll('%u', '%c'));
  const { restart } = await startMosquitto(context, dir, port);
  const url = `mqtt://127.0.0.1:${await startOlder(context, port)}`;
  return {
    restart,
    version: 4 as const,
    office: { url, username: 'office', password },
    validator: () => ({ url }),
  };
}

/** Refuses MQTT 5, and lets everything else through. @returns its port */
async function startOlder(context: TestContext, to: number): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer(near => {
    sockets.add(near.on('error', () => near.destroy()));
    near.once('data', first => {
      if (first[8] === 5) {
        near.end(Buffer.from('20020001', 'hex'));
        return;
      }
      const far = connect(to, '127.0.0.1').on('error', () => near.destroy());
      sockets.add(far);
      far.write(first);
      near.pipe(far).pipe(near);
      near.on('close', () => far.destroy());
    });
  });
  const port = await freePort();
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve));
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return port;
}

brokerContract('mosquitto', openMosquitto, needed);
brokerContract('mosquitto by MQTT 3.1.1', openPlain, needed);

suite('uplink certificates', test => {
  test.needing(needed, 'who has none, or one that does not count, is told so by its name', async context => {
    const broker = await openMosquitto(context);
    const { authority, known } = broker;
    const a = broker.validator('a');
    const { cert: _, key: __, ...nameless } = a;
    const foreign = createAuthority(context);
    const over = authority.issue('over', 'a', undefined, ['20200101000000Z', '20200102000000Z']);
    const early = authority.issue('early', 'a', undefined, ['20450101000000Z', '20450102000000Z']);
    const revoked = authority.issue('revoked', 'a');
    authority.revoke(revoked);
    await broker.restart();
    const speaking = { clientId: 'a', topics: [downTopic('a', 'ack')], hear: () => undefined };
    for (const [address, problem] of [
      [nameless, /certificate required|handshake/i],
      [{ ...nameless, ...foreign.issue('a', 'a') }, /unknown ca.* \(ours: CN=a, until 20/i],
      [known(over), /certificate expired.* \(ours: CN=a, until 2020-01-02T00:00:00/i],
      [known(early), /certificate.* \(ours: CN=a, until 2045/i],
      [known(revoked), /certificate revoked.* \(ours: CN=a, until 20/i],
      [{ ...broker.validator('b'), ca: foreign.ca }, /unable to verify|self.signed/i],
    ] as const) {
      const refused = await connectBroker(address, speaking).catch(error => error);
      assert.ok(refused instanceof DeviceError, String(refused));
      assert.is(refused.kind, 'protocol', refused.message);
      assert.match(refused.message, problem, refused.message);
    }
    await (await connectBroker(a, speaking)).close();
  });

  test.needing(
    needed,
    'a broker whose own certificate is over is not spoken to; with a new one all rows come',
    async context => {
      const broker = await openMosquitto(context);
      const office = openOffice(context, broker.office);
      office.start();
      broker.authority.issue('broker', 'broker', undefined, ['20200101000000Z', '20200102000000Z']);
      await broker.restart();
      const { mark, problems } = openValidator(context, office, broker.validator('a'), 'a', rowsOf(50));
      const told = await until('that it is told', () => problems[0]);
      assert.is(told.kind, 'protocol');
      assert.match(told.message, /certificate has expired/);
      assert.is(mark.acknowledged, 0);
      broker.authority.issue('broker', 'broker');
      await broker.restart();
      await until('all is acknowledged', () => mark.acknowledged === 50);
      assert.equal(office.stored('a'), numbers(50));
    },
  );
});
