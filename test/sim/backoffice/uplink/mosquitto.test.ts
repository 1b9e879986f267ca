/** Mosquitto with TLS, client certificates and an access list, by the files that operating.md gives. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { DeviceError } from '../../../../device/kit/errors.ts';
import { isProgram } from '../../../../drivers/wire/program.ts';
import { freePort } from '../../../../sim/wires/free-port.ts';
import { connectBroker } from '../../../../sync/uplink/connection.ts';
import { downTopic, levelOf } from '../../../../sync/uplink/topics.ts';
import { brokerContract } from '../../../contract/broker.ts';
import { suite, type TestContext, until } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';

const program = '/usr/sbin/mosquitto';
const needed = {
  what: 'mosquitto',
  packages: ['mosquitto', 'openssl'],
  met: () => isProgram(program) && isProgram('openssl'),
};

const example = (name: string) =>
  readFileSync(new URL(`../../../../../docs/examples/mosquitto/${name}`, import.meta.url), 'utf8');

/** An authority of its own, and certificates by it. */
function createAuthority(dir: string) {
  const at = (name: string) => join(dir, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: 'ignore' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=ca', '-days', '2');
  return {
    ca: at('ca.pem'),
    issue(name: string, commonName: string) {
      const [cert, key] = [`${name}.pem`, `${name}.key`];
      openssl('req', ...newKey, '-keyout', key, '-out', `${name}.csr`, '-subj', `/CN=${commonName}`);
      writeFileSync(at('extensions'), 'subjectAltName=IP:127.0.0.1\n');
      const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'extensions'];
      openssl('x509', '-req', '-in', `${name}.csr`, ...by, '-days', '2', '-out', cert);
      return { cert: at(cert), key: at(key) };
    },
  };
}

async function startMosquitto(dir: string, port: number) {
  const broker = spawn(program, ['-c', join(dir, 'mosquitto.conf')], { stdio: 'ignore' });
  await until('the broker', () => isListening(port));
  return async () => {
    const gone = once(broker, 'exit');
    broker.kill('SIGKILL');
    await gone;
  };
}

function isListening(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

async function openMosquitto(context: TestContext) {
  const dir = temporaryDirectory(context);
  const port = await freePort();
  const authority = createAuthority(dir);
  authority.issue('broker', 'broker');
  const here = (text: string) => text.replaceAll('/etc/mosquitto/uplink', dir).replace('8883', String(port));
  writeFileSync(join(dir, 'mosquitto.conf'), `${here(example('mosquitto.conf'))}user root\n`);
  writeFileSync(join(dir, 'acl'), example('acl'));
  chmodSync(join(dir, 'acl'), 0o600);
  let stop = await startMosquitto(dir, port);
  context.after(() => stop());
  const known = (name: string, commonName: string) => ({
    url: `mqtts://127.0.0.1:${port}`,
    ca: authority.ca,
    ...authority.issue(name, commonName),
  });
  return {
    office: known('office', 'office'),
    validator: (device: string) => known(`validator-${device}`, levelOf(device)),
    async restart() {
      await stop();
      stop = await startMosquitto(dir, port);
    },
  };
}

brokerContract('mosquitto', openMosquitto, needed);

suite('uplink certificates', test => {
  test.needing(needed, 'who has none, or one of another authority, is told so', async context => {
    const broker = await openMosquitto(context);
    const { cert: _, key: __, ...nameless } = broker.validator('a');
    const foreign = createAuthority(temporaryDirectory(context));
    for (const [address, problem] of [
      [nameless, /certificate required|handshake/i],
      [{ ...nameless, ...foreign.issue('a', 'a') }, /unknown ca|handshake/i],
      [{ ...broker.validator('b'), ca: foreign.ca }, /unable to verify|self.signed/i],
    ] as const) {
      const speaking = { clientId: 'a', topics: [downTopic('a', 'ack')], hear: () => undefined };
      const refused = await connectBroker(address, speaking).catch(error => error);
      assert.ok(refused instanceof DeviceError, String(refused));
      assert.is(refused.kind, 'protocol');
      assert.match(refused.message, problem);
    }
  });
});
