/** `backoffice --mqtt-port` and `backoffice device`: a validator enrolled while it runs is settled without any file carried by hand. */
import { spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { UplinkFacts } from '../../../../device/data-ports.ts';
import { noteNodes } from '../../../../sim/backoffice/uplink/node-states.ts';
import { openMark } from '../../../../sync/uplink/mark.ts';
import { createUplink } from '../../../../sync/uplink/uplink.ts';
import { readOfficeKeys, readOwnKey } from '../../../../sync/uplink/uplink-keys.ts';
import { nothingWrong, quiet, rowsOf } from '../../../contract/broker.ts';
import { suite, type TestContext, until } from '../../../harness.ts';
import { sealRows } from '../../../sealed-rows.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { runSim, simProgram } from '../../run-sim.ts';

const facts: UplinkFacts = { ...nothingWrong, lastSeq: 5, feedVersion: 0 };

/** @returns what it prints when it is ready */
async function startOffice(context: TestContext, dir: string, ...options: string[]) {
  const program = spawn(process.execPath, [simProgram, 'backoffice', '--data', dir, ...options]);
  context.after(() => void program.kill('SIGKILL'));
  let output = '';
  program.stdout.setEncoding('utf8').on('data', text => {
    output += text;
  });
  program.stderr.resume();
  return JSON.parse(await until('the office', () => output.includes('\n') && output));
}

suite('backoffice uplink', test => {
  test('rows of a validator that is enrolled reach the running office, and the day is settled', async context => {
    const home = temporaryDirectory(context);
    const [dir, out] = [join(home, 'office'), join(home, 'uplink.json')];
    const { mqtt, office, sim } = await startOffice(context, dir, '--mqtt-port', '0', '--sim');
    assert.match(mqtt, /^mqtt:\/\/127\.0\.0\.1:\d+$/);
    assert.is(statSync(join(dir, 'uplink', 'keys.json')).mode & 0o777, 0o600);
    const added = await runSim(['backoffice', 'device', 'add', dir, 'front', '--out', out]);
    assert.equal(JSON.parse(added.output), { added: 'front', office, signing: out });
    assert.is(statSync(out).mode & 0o777, 0o600);

    const mark = openMark(join(home, 'mark'), 'front');
    const versions: number[] = [];
    const settings = { broker: { url: mqtt }, own: readOwnKey(out), office: readOfficeKeys(office) };
    const rows = await sealRows(rowsOf(5), 'front', settings.office.sealingKey);
    const uplink = createUplink({ ...settings, version: '1', silenceMs: 500 }, mark, {
      wanted: seq => seq === 0 && uplink.give(rows),
      progress: () => undefined,
      answered: () => undefined,
      failed: () => undefined,
      feedVersion: version => void versions.push(version),
      command: (id, name) => uplink.answer(id, { outcome: 'failed', text: `${name} is not for me` }),
    });
    const stop = new AbortController();
    uplink.tell(facts);
    const running = uplink.run(stop.signal);
    context.after(async () => {
      stop.abort();
      await running;
    });
    await until('all is acknowledged', () => mark.acknowledged === 5);
    await until('the version of the feed', () => versions.length > 0);
    const heard = async () => Object(await (await fetch(`${sim}validators`)).json()).validators;
    const [{ device, online, hello }] = await until('its hello', async () => {
      const validators = await heard();
      return validators[0]?.status?.queue === 0 && validators;
    });
    assert.equal([device, online, hello.firmware, hello.lastSeq], ['front', true, '1', 5]);
    const asked = await runSim(['backoffice', 'command', dir, 'front', 'diagnostics', '--wait']);
    assert.is(asked.code, 1);
    const { state, text } = JSON.parse(asked.output);
    assert.equal([state, text], ['failed', 'diagnostics is not for me']);
    const listed = JSON.parse((await runSim(['backoffice', 'commands', dir])).output);
    assert.equal(
      listed.commands.map((each: { command: string; state: string }) => [each.command, each.state]),
      [['diagnostics', 'failed']],
    );
    const settled = await runSim(['backoffice', 'settle', dir, '--day', '2022-06-01']);
    assert.is(settled.code, 0);
    const account = JSON.parse(settled.output);
    assert.is(account.day, '2022-06-01');
    assert.equal([account.rides, account.unfinished, account.waitingFor], [1, 1, ['front']]);

    stop.abort();
    await until('that it is gone', async () => (await heard())[0].online === false);
    const revoked = await runSim(['backoffice', 'device', 'revoke', dir, 'front']);
    assert.equal(JSON.parse(revoked.output), { revoked: 'front' });
    const at = '2022-06-01T08:00:00.000Z';
    const stolen = await runSim(['backoffice', 'device', 'stolen', dir, 'front', '--at', at]);
    assert.equal(JSON.parse(stolen.output), { stolen: 'front', since: at });
    const { devices } = JSON.parse((await runSim(['backoffice', 'device', 'list', dir])).output);
    assert.equal(
      devices.map((each: Record<string, unknown>) => [each.id, typeof each.revoked, each.stolen]),
      [['front', 'string', at]],
    );
  });

  test('a key made on the validator is enrolled by its public half; what cannot be is refused', async context => {
    const home = temporaryDirectory(context);
    const [dir, key] = [join(home, 'office'), join(home, 'key.json')];
    const none = await runSim(['backoffice', 'device', 'add', dir, 'front', '--out', key]);
    assert.is(none.code, 2);
    assert.match(none.errors, /no back office is here/);
    await startOffice(context, dir);
    const made = JSON.parse((await runSim(['backoffice', 'device', 'key', 'front', '--out', key])).output);
    assert.not.match(JSON.stringify(made), JSON.parse(readFileSync(key, 'utf8')).signingKey);
    const add = (...words: string[]) => runSim(['backoffice', 'device', 'add', dir, ...words]);
    assert.is((await add('front', '--signing-key', made.signingKey)).code, 0);
    for (const [words, problem] of [
      [['rear', '--signing-key', made.signingKey], /rear: that key is front's/],
      [['rear', '--signing-key', 'ab'], /rear: not a validator's name and Ed25519 key/],
      [['re/ar', '--signing-key', made.signingKey], /not a validator's name/],
      [['office', '--signing-key', 'ab'.repeat(32)], /brokers know the back office by that name/],
      [['rear', '--out', key], /is there already/],
      [['rear'], /either --signing-key or --out is needed/],
    ] as const) {
      const { code, errors } = await add(...words);
      assert.is(code, 2);
      assert.match(errors, problem);
    }
    const brokers = () => runSim(['backoffice', 'brokers', dir]);
    assert.match((await brokers()).errors, /has had no cluster/);
    const url = 'mqtts://node1';
    noteNodes(dir, quiet, () => 0)([{ url, problem: 'away', deafTo: [] }]);
    const nodes = await brokers();
    assert.is(nodes.code, 1);
    assert.equal(JSON.parse(nodes.output), {
      ...{ since: '1970-01-01T00:00:00.000Z', nodes: [{ url, problem: 'away', deafTo: [] }] },
      todo: 'Start what is away, or mend the way to it: mqtts://node1: away',
    });
    const given = () => readOfficeKeys(join(dir, 'uplink', 'office.json')).sealingKey;
    const before = given();
    const rotated = await runSim(['backoffice', 'uplink-key', 'rotate', dir]);
    assert.match(rotated.output, /^\{"key":"[0-9a-f]{16}","office":".*office\.json"\}\n$/);
    assert.not.equal(given(), before);
    const options = ['backoffice', '--data', join(home, 'other')];
    assert.is((await runSim([...options, '--mqtt-ca', 'ca.pem'])).code, 2);
    const both = await runSim([...options, '--mqtt-port', '0', '--mqtt', 'mqtt://127.0.0.1:1883']);
    assert.match(both.errors, /either the broker inside or another/);
    assert.is(both.code, 2);
  });
});
