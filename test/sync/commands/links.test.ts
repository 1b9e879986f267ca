import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { candidates } from '../../../sync/cache/directory.ts';
import { openLinkStore } from '../../../sync/cache/link-store.ts';
import { buildLinkCache } from '../../../sync/commands/links-command.ts';
import { runLookup } from '../../../sync/commands/sync.ts';
import { readFleetKeys } from '../../../sync/fleet-keys.ts';
import { fixedRing } from '../../../sync/keys/key-ring.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { runSim } from '../../sim/run-sim.ts';
import { temporaryDirectory } from '../../temporary.ts';

const header = 'medium,account,person,status';
const asOf = '2022-06-10T08:00:00+08:00';

async function build(context: TestContext, csv: string) {
  const directory = temporaryDirectory(context);
  const file = (name: string) => join(directory, name);
  writeFileSync(file('people.csv'), csv);
  writeFileSync(file('keys.json'), JSON.stringify({ keys: [{ id: 'k1', key: 'ab'.repeat(32) }] }));
  const options = ['--people', file('people.csv'), '--keys', file('keys.json'), '--out', file('links')];
  const { code, output, errors } = await runSim(['links', 'build', ...options, '--as-of', asOf]);
  return { status: code, stdout: output, stderr: errors, out: file('links'), keys: file('keys.json') };
}

suite('links build', test => {
  test('a cache of a date that no calendar has: said as such, and it is looked up', async context => {
    const { out, keys } = await build(context, `${header}\nbmac,1000000000000001,wang,green\n`);
    const [key] = readFleetKeys(keys);
    for (const [at, said] of [
      [9e15, 'no time'],
      [8.64e15, '+275760-09-13T00:00:00.000Z'],
      [-8.64e15, '-271821-04-20T00:00:00.000Z'],
      [Date.parse('0000-01-01'), '0000-01-01T00:00:00.000Z'],
    ] as const) {
      buildLinkCache(out, [], key, at);
      const asked = { cache: out, keys, medium: 'bmac', account: '1000000000000001' } as const;
      assert.is((await runLookup(asked)).asOf, said);
    }
  });

  test('a validator finds what the table says; media of one person share a status', async context => {
    const rows = [
      't-union,3105100000000000001,wang,green',
      'bmac,1000000000000001,wang,green',
      'ride-code,0000000000000000000A,li,red',
    ];
    const { status, stdout, stderr, out, keys } = await build(
      context,
      `${header}\r\n${rows.join('\r\n')}\r\n`,
    );
    assert.is(`${status} ${stderr}`, '0 ');
    assert.equal(JSON.parse(stdout), { links: 3, persons: 2 });
    const store = openLinkStore(out, fixedRing(readFleetKeys(keys)), { changed() {}, damaged() {} });
    context.after(() => store.close());
    const found = (kind: 't-union' | 'bmac' | 'ride-code', account: string) => {
      const link = store.find(store.tokenOf(kind, account));
      assert.is('linksAsOf' in link && link.linksAsOf, Date.parse(asOf));
      return 'found' in link && link.found ? link.status : 'none';
    };
    assert.is(found('t-union', '3105100000000000001'), 'green');
    assert.is(found('bmac', '1000000000000001'), 'green');
    assert.is(found('ride-code', '0000000000000000000a'), 'red');
    assert.is(found('bmac', '3105100000000000001'), 'none');
  });

  test('each time a new generation of the next version, which is taken up; the one before it stays', async context => {
    const directory = join(temporaryDirectory(context), 'links');
    const key = { id: 'k1', key: Buffer.alloc(32, 7) };
    const write = (status: 'green' | 'red') =>
      buildLinkCache(directory, [{ medium: 'bmac', account, person: 'wang', status }], key, 1000);
    const account = '1000000000000001';
    write('green');
    const store = openLinkStore(directory, fixedRing([key]), { changed() {}, damaged() {} });
    context.after(() => store.close());
    const found = () => store.find(store.tokenOf('bmac', account));
    assert.equal(found(), { found: true, denied: false, status: 'green', linksAsOf: 1000, statusAsOf: 1000 });
    const [first] = candidates(directory);
    write('red');
    assert.is(candidates(directory)[1], first);
    await until('version 2', () => {
      const state = store.describe();
      return state.usable && state.version === 2;
    });
    assert.equal(found(), { found: true, denied: false, status: 'red', linksAsOf: 1000, statusAsOf: 1000 });
    write('red');
    assert.is(candidates(directory).length, 2);
    assert.is(readdirSync(directory).filter(name => name.endsWith('.sqlite')).length, 2);
  });

  test('bad lines are all named by number, exit 2, and nothing is written', async context => {
    const rows = [
      't-union,3105100000000000001,wang,green',
      't-union,123,li,green',
      'metro,1,li,green',
      'bmac,1000000000000001,,blue',
    ];
    const { status, stderr, stdout, out } = await build(context, `${header}\n${rows.join('\n')}\n`);
    assert.is(`${status}${stdout}`, '2');
    assert.match(stderr, /line 3: account: must be 19 digits/);
    assert.match(stderr, /line 4: medium/);
    assert.match(stderr, /line 5: person[\s\S]*line 5: status/);
    assert.not.match(stderr, '1000000000000001');
    assert.is(existsSync(out), false);
  });

  test('a medium twice, a person with two statuses, another header, no CSV', async context => {
    const wang = 't-union,3105100000000000001,wang';
    const twice = await build(context, `${header}\n${wang},green\n${wang},green\n`);
    assert.match(twice.stderr, /t-union of person wang: .*twice/);
    assert.not.match(twice.stderr, '3105100000000000001');
    assert.is(existsSync(twice.out), false);
    const two = await build(context, `${header}\n${wang},green\nbmac,1000000000000001,wang,red\n`);
    assert.match(two.stderr, /of person wang: .*two statuses/);
    assert.is(existsSync(two.out), false);
    assert.is((await build(context, `medium,account\n${wang}\n`)).status, 2);
    assert.is((await build(context, `${header}\n"${wang}\n`)).status, 2);
    assert.equal(JSON.parse((await build(context, `${header}\n`)).stdout), { links: 0, persons: 0 });
  });
});
