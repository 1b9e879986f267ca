/** What the next firmware leaves behind when it is given up: this one goes on in it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import * as assert from 'uvu/assert';
import { schemaVersion as journalSchema } from '../../../device/journal/database.ts';
import { exportJournal } from '../../../device/journal/export-journal.ts';
import { openJournal } from '../../../device/journal/journal.ts';
import { readConfig } from '../../../device/settings/config.ts';
import { schemas } from '../../../device/update/slot.ts';
import { readPointer } from '../../../sync/cache/directory.ts';
import { schemaVersion as cacheSchema } from '../../../sync/cache/schema.ts';
import { suite } from '../../harness.ts';
import {
  expectedOf,
  makeSmallFeed,
  openSmallPublisher,
  publishRows,
  row,
} from '../../sync/publisher/small-feed.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { journalEntry } from '../journal/journal-entry.ts';

/** What a next schema may do: tables, indexes and columns more. */
function addToAll(path: string, version: number): void {
  const db = new Database(path);
  const tables = db
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all();
  for (const table of tables) {
    db.exec(`ALTER TABLE ${table} ADD COLUMN more_text TEXT`);
    db.exec(`ALTER TABLE ${table} ADD COLUMN more_number INTEGER NOT NULL DEFAULT 7`);
    db.exec(`CREATE INDEX more_${table} ON ${table} (more_number)`);
  }
  db.exec('CREATE TABLE more (id INTEGER PRIMARY KEY, what TEXT) STRICT');
  db.pragma(`user_version = ${version}`);
  db.close();
}

function versionOf(path: string): unknown {
  const db = new Database(path, { readonly: true });
  const version = db.pragma('user_version', { simple: true });
  db.close();
  return version;
}

suite('data of the next firmware', test => {
  test('an archive names the schemas that this firmware writes', () => {
    assert.equal(schemas, { journal: journalSchema, cache: cacheSchema, settings: 1 });
  });

  test('a journal takes rides, remembers them, is exported, and keeps its number', async context => {
    const directory = temporaryDirectory(context);
    const path = join(directory, 'journal.sqlite');
    const options = { clock: () => 3000 };
    const before = openJournal(path, 'bus-1', options);
    before.append(journalEntry({ at: 1000 }));
    before.close();
    addToAll(path, journalSchema + 1);
    for (const seq of [2, 3]) {
      const journal = openJournal(path, 'bus-1', options);
      assert.equal([journal.lost, journal.damaged], [undefined, undefined]);
      assert.is(journal.append(journalEntry({ at: 2000 })), seq);
      assert.is(journal.ridesSince(0).length, seq);
      journal.acknowledge(1, []);
      await journal.check();
      journal.close();
    }
    assert.is(versionOf(path), journalSchema + 1);
    assert.is(exportJournal(path, join(directory, 'out')).rows, 3);
    addToLater(path);
    assert.throws(() => openJournal(path, 'bus-1', options), /schema 6, this firmware knows 4/);
  });

  test('a link cache is looked up in and taken further', async context => {
    const feed = await makeSmallFeed(context);
    const publisher = openSmallPublisher(context, feed);
    const first = [row(1, 'a', 'green'), row(2, 'b', 'green')];
    const second = [row(1, 'a', 'red'), row(3, 'c', 'green')];
    const accounts = [...first, ...second].map(({ account }) => account);
    publishRows(feed, publisher, [], first);
    const client = feed.client();
    await client.sync();
    const generation = join(client.directory, readPointer(client.directory)?.current ?? '');
    addToAll(generation, cacheSchema + 1);
    client.assertHas(expectedOf(first), accounts);
    publishRows(feed, publisher, first, second);
    assert.is((await client.sync()).how, 'delta');
    client.assertHas(expectedOf(second), accounts);
    assert.is(versionOf(generation), cacheSchema + 1);
  });

  test('settings: what is unknown is left aside where the file says so, and only there', context => {
    const path = join(temporaryDirectory(context), 'config.yaml');
    const text = (schema: string) => `
${schema}
device: bus-1
line: '2'
journal: journal.sqlite
links: { cache: links, fleetKeys: keys.json, shape: round }
trust: trust.json
codeReaders: [{ driver: scanner, name: front, path: 'tcp://127.0.0.1:1', colour: red }]
weather: { source: sky }
`;
    writeFileSync(path, text('schema: 2'));
    const config = readConfig(path);
    assert.equal([...(config.ignored ?? [])].sort(), ['codeReaders.0.colour', 'links.shape', 'weather']);
    assert.is(config.codeReaders.length, 1);
    for (const schema of ['schema: 1', '']) {
      writeFileSync(path, text(schema));
      assert.throws(() => readConfig(path), /links: unknown key; allowed here/);
    }
    writeFileSync(path, text('schema: 3'));
    assert.throws(() => readConfig(path), /schema/);
    writeFileSync(path, text('schema: 2').replace('device: bus-1', 'device: 7 7'));
    assert.throws(() => readConfig(path), /device/);
  });
});

function addToLater(path: string): void {
  const db = new Database(path);
  db.pragma(`user_version = ${journalSchema + 2}`);
  db.close();
}
