/** A technician's trace of a firmware that takes cards and codes: nothing of any passenger is in the file. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite, until } from '../../harness.ts';
import { startStand } from './stand.ts';

suite('trace of the firmware', test => {
  test('cards, codes and displays are in it, and no account in any writing', async context => {
    let home = '';
    const stand = await startStand(context, {
      async prepare({ directory }) {
        home = directory;
        return {};
      },
    });
    const file = join(home, 'journal.sqlite-outbox', 'morning.pcapng');
    assert.match(await stand.ask('trace'), 'no trace since the start');
    assert.match(await stand.ask('trace ../morning.pcapng'), 'FILE.pcapng');
    assert.match(await stand.ask('trace morning.pcapng 9999'), 'seconds');
    assert.match(await stand.ask('trace morning.pcapng 600'), 'going on');
    const { crowd } = stand;
    assert.is((await stand.tap(crowd.tUnion('green'))).verdict, 'pass');
    assert.is((await stand.tap(crowd.bmac('green'))).verdict, 'pass');
    const code = Buffer.from(crowd.code('green'));
    assert.is((await stand.scan(code)).verdict, 'pass');
    await until('all of it', async () => /: (\d{2,}) packets/.test(await stand.ask('trace')));
    assert.match(await stand.ask('trace stop'), 'it was ended');
    assert.match(await stand.ask('trace morning.pcapng'), 'EEXIST');
    const traced = readFileSync(file);
    const text = traced.toString('latin1');
    assert.is(crowd.accounts.length, 3);
    for (const account of crowd.accounts) {
      // In ASCII, and as BCD from either nibble.
      for (const writing of [account, Buffer.from(account.slice(6, 14), 'hex').toString('latin1')]) {
        assert.not(text.includes(writing), account);
      }
      const odd = Buffer.from(account.slice(7, 15), 'hex').toString('latin1');
      assert.not(text.includes(odd), account);
    }
    for (let at = 0; at + 8 <= code.length; at += 8) {
      const part = code.subarray(at, at + 8);
      assert.is(traced.indexOf(part), -1);
      assert.is(traced.indexOf(part.toString('hex')), -1);
    }
    // What it is for: the commands to a card, and that something was scanned.
    assert.ok(traced.indexOf(Buffer.from('00a4040008a000000632010105', 'hex')) > 0);
    assert.ok(text.includes('xxxxxxxx'));
    assert.ok(existsSync(file));
  });
});
