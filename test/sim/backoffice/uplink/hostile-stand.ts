/** The back office's end of the uplink in the hands of a test, and a broker that does what it likes. */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Aedes } from 'aedes';
import { createSqliteTaps } from '../../../../sim/backoffice/intake/sqlite-taps.ts';
import { createIntake } from '../../../../sim/backoffice/intake/take-rows.ts';
import { openTrips } from '../../../../sim/backoffice/intake/trips-file.ts';
import { createOfficeEnd } from '../../../../sim/backoffice/uplink/office-end.ts';
import { openUplinkKeys, uplinkPlaces } from '../../../../sim/backoffice/uplink/office-keys.ts';
import { encodeBatch } from '../../../../sync/uplink/batch.ts';
import { newSeed, privateKeyOf, publicHalfOf, verifyingKeyOf } from '../../../../sync/uplink/ed25519.ts';
import { readBody } from '../../../../sync/uplink/messages.ts';
import { keyIdOf } from '../../../../sync/uplink/sealed-row.ts';
import { openMessage, signMessage } from '../../../../sync/uplink/signed-message.ts';
import { readOfficeKeys } from '../../../../sync/uplink/uplink-keys.ts';
import { rowsOf } from '../../../contract/broker.ts';
import type { TestContext } from '../../../harness.ts';
import { sealRow } from '../../../sealed-rows.ts';
import { temporaryDirectory } from '../../../temporary.ts';

/** The back office's end without any broker, and two validators that are enrolled. */
export function openEnd(context: TestContext) {
  const dir = join(temporaryDirectory(context), 'office');
  const keys = openUplinkKeys(dir);
  const { sealingKey, signingKey } = readOfficeKeys(uplinkPlaces(dir).office);
  const trips = openTrips(dir);
  context.after(() => trips.close());
  const seeds = { a: newSeed(), b: newSeed() };
  const enrolled = new Map(
    Object.entries(seeds).map(([id, seed]) => [id, { signingKey: publicHalfOf(seed).toString('hex') }]),
  );
  const answers: { readonly topic: string; readonly message: Buffer }[] = [];
  const problems: unknown[] = [];
  const log = {
    debug() {},
    info() {},
    warn: (_: string, fields = {}) => void problems.push(Object.values(fields).join(': ')),
    error: (_: string, fields = {}) => void problems.push(Object.values(fields).join(': ')),
  };
  const end = createOfficeEnd({
    directory: dir,
    keys,
    enrolled: device => enrolled.get(device),
    intake: createIntake(createSqliteTaps(trips), () => 1e13),
    feedVersion: () => 1,
    say: (topic, message) => void answers.push({ topic, message }),
    log,
    clock: () => 0,
  });
  const batch = async (device: string, seqs: readonly number[], key: Uint8Array = sealingKey) => {
    const rows = rowsOf(seqs.length, seqs[0]);
    const sealed = await Promise.all(
      seqs.map(async (seq, i) => ({ seq, sealed: await sealRow(rows[i] ?? {}, { device, seq }, key) })),
    );
    return encodeBatch({ epoch: 1, keyId: keyIdOf(key), rows: sealed });
  };
  const hear = async (topic: string, seed: Uint8Array, body: Uint8Array) => {
    const message = signMessage(privateKeyOf(seed), topic, body);
    end.hear(topic, message);
    await end.idle();
    return message;
  };
  const acks = () =>
    answers.map(({ topic, message }) => {
      const body = openMessage(verifyingKeyOf(signingKey), topic, message);
      return body && { topic, ...readBody('ack', body) };
    });
  const said = <Kind extends 'command' | 'ack'>(kind: Kind) =>
    answers
      .filter(({ topic }) => topic.endsWith(`/${kind}`))
      .map(({ topic, message }) => {
        const body = openMessage(verifyingKeyOf(signingKey), topic, message);
        return { topic, body: body && readBody(kind, body) };
      });
  const rows = () => Number(trips.prepare('SELECT count(*) FROM tap').pluck().get());
  return { ...{ dir, enrolled, said }, ...{ end, seeds, batch, hear, acks, rows, problems, sealingKey } };
}

/**
 * Confirms all, and does what it likes with each topic's: of five that come, it brings one late and one twice, and forgets one. Were all topics
 * counted together, five messages that belong together (hello, batch, their answers) could lose the same one each time, for ever.
 */
export async function startBadBroker(context: TestContext, isBad = true) {
  const tally = { forgotten: 0, repeated: 0, late: 0 };
  const turns = new Map<string, number>();
  const repeats = new WeakSet<object>();
  const broker: Aedes = await Aedes.createBroker({
    authorizeForward(client, packet) {
      if (!isBad || client === null || repeats.has(Object(packet.payload))) return packet;
      const turn = (turns.get(packet.topic) ?? 0) + 1;
      turns.set(packet.topic, turn);
      if (turn % 5 === 0) {
        tally.forgotten++;
        return null;
      }
      if (turn % 5 > 2) return packet;
      const isLate = turn % 5 === 1;
      tally[isLate ? 'late' : 'repeated']++;
      const { topic } = packet;
      const payload = Buffer.from(packet.payload);
      repeats.add(payload);
      const again = { cmd: 'publish' as const, topic, payload, qos: 1 as const, dup: false, retain: false };
      setTimeout(() => broker.publish(again, () => undefined), 100);
      return isLate ? null : packet;
    },
  });
  const server = createServer(broker.handle);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  context.after(async () => {
    await new Promise<void>(resolve => broker.close(resolve));
    server.close();
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return { url: `mqtt://127.0.0.1:${address.port}`, broker, tally };
}
