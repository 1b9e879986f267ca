/** Commands that somebody repeats, forges or holds back, and answers that are lost: each is done once at most. */
import * as assert from 'uvu/assert';
import { enrol } from '../../../../sim/backoffice/uplink/enrolled.ts';
import { giveCommand, readCommand } from '../../../../sim/backoffice/uplink/given-commands.ts';
import { uplinkPlaces } from '../../../../sim/backoffice/uplink/office-keys.ts';
import { newSeed, privateKeyOf, verifyingKeyOf } from '../../../../sync/uplink/ed25519.ts';
import { readBody, writeBody } from '../../../../sync/uplink/messages.ts';
import { idOf, openMessage, signMessage } from '../../../../sync/uplink/signed-message.ts';
import { downTopic, upTopic } from '../../../../sync/uplink/topics.ts';
import { readOfficeKeys } from '../../../../sync/uplink/uplink-keys.ts';
import { openOffice, openValidator } from '../../../contract/broker.ts';
import { suite, until } from '../../../harness.ts';
import { openEnd, startBadBroker } from './hostile-stand.ts';

suite('hostile commands', test => {
  test('a restart is said once, though nobody answers; anything else again at the next hello', async context => {
    const { seeds, hear, said, end, dir, enrolled } = openEnd(context);
    for (const [id, { signingKey }] of enrolled) enrol(dir, id, signingKey, 0);
    const hello = (nonce: string) => ({ connection: 5, firmware: '1', epoch: 1, feedVersion: null, nonce });
    const greet = (device: 'a' | 'b', nonce: string) =>
      hear(
        upTopic(device, 'hello'),
        seeds[device],
        writeBody('hello', { ...hello(nonce), lastSeq: 0, acknowledged: 0 }),
      );
    const names = () => said('command').map(({ body }) => body?.name);
    await greet('a', '0'.repeat(32));
    for (const name of ['restart', 'sync-now']) giveCommand(dir, 'a', { name, withinS: 600 }, Date.now());
    giveCommand(dir, 'a', { name: 'diagnostics', withinS: 1 }, Date.now() - 1001);
    end.look();
    assert.equal(names().sort(), ['restart', 'sync-now']);
    end.look();
    assert.is(names().length, 2);
    const second = await greet('a', '1'.repeat(32));
    assert.equal(names().slice(2), ['sync-now']);
    const id = said('command')[2]?.body?.id ?? '';
    assert.is(said('command')[2]?.body?.answers, idOf(second));
    // Of another validator, who may have heard of it.
    const answer = (text: string) => writeBody('answer', { id, outcome: 'done', text });
    await greet('b', '2'.repeat(32));
    await hear(upTopic('b', 'answer'), seeds.b, answer('b'));
    await hear(upTopic('a', 'answer'), seeds.a, answer('a'));
    await hear(upTopic('a', 'answer'), seeds.a, answer('again'));
    await greet('a', '3'.repeat(32));
    assert.is(names().length, 3);
    assert.is(readCommand(dir, id)?.answer?.text, 'a');
  });

  test('a command that somebody repeats, has changed, or has signed himself is not done', async context => {
    const { url, broker } = await startBadBroker(context, false);
    const office = openOffice(context, { url });
    const sent: { readonly topic: string; readonly payload: Buffer }[] = [];
    broker.on('publish', ({ topic, payload }) => void sent.push({ topic, payload: Buffer.from(payload) }));
    office.start();
    const { obeyed, end } = openValidator(context, office, { url }, 'a', []);
    giveCommand(office.dir, 'a', { name: 'restart', withinS: 600 }, Date.now());
    await until('it is done', () => obeyed.length === 1);
    const topic = downTopic('a', 'command');
    const said = await until('it was said', () => sent.find(each => each.topic === topic));
    const body = openMessage(
      verifyingKeyOf(readOfficeKeys(uplinkPlaces(office.dir).office).signingKey),
      topic,
      said.payload,
    );
    const command = readBody('command', body ?? Buffer.alloc(0));
    if (command === undefined) throw new Error('no command');
    const forged = { ...command, id: '9'.repeat(32) };
    const say = (payload: Buffer) =>
      new Promise<void>(resolve =>
        broker.publish({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false }, () =>
          resolve(),
        ),
      );
    await say(said.payload);
    await say(signMessage(privateKeyOf(newSeed()), topic, writeBody('command', forged)));
    await say(Buffer.concat([said.payload.subarray(0, 10), Buffer.from('x'), said.payload.subarray(11)]));
    await end();
    const again = openValidator(context, office, { url }, 'a', []);
    await until('the next hello is answered', () => again.versions.length > 0);
    await say(said.payload);
    giveCommand(office.dir, 'a', { name: 'sync-now', withinS: 600 }, Date.now());
    await until('the next command', () => again.obeyed.length > 0);
    assert.equal([...obeyed, ...again.obeyed], ['restart', 'sync-now']);
  });
});
