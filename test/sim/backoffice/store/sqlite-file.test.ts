/** Schemas are brought up step by step, whole; what is not ours or newer is left alone. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import * as assert from 'uvu/assert';
import { openDatabase } from '../../../../sim/backoffice/store/sqlite-file.ts';
import { suite } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';

const first = 'CREATE TABLE a (x INTEGER NOT NULL) STRICT';
const second = "ALTER TABLE a ADD COLUMN y TEXT NOT NULL DEFAULT 'new'";
const schema = (...steps: string[]) => ({ name: 'test', applicationId: 77, steps });

suite('office database', test => {
  test('an older schema is taken further, its data with it', context => {
    const path = join(temporaryDirectory(context), 'a.sqlite');
    const old = openDatabase(path, schema(first));
    old.exec('INSERT INTO a VALUES (1)');
    old.close();
    const db = openDatabase(path, schema(first, second));
    assert.equal(db.prepare('SELECT * FROM a').all(), [{ x: 1, y: 'new' }]);
    assert.is(db.pragma('secure_delete', { simple: true }), 1);
    assert.is(db.pragma('synchronous', { simple: true }), 2);
    db.close();
  });

  test('a step that fails leaves the schema before it', context => {
    const path = join(temporaryDirectory(context), 'a.sqlite');
    openDatabase(path, schema(first)).close();
    assert.throws(() => openDatabase(path, schema(first, `${second}; SELECT nothing`)), /nothing/);
    const db = openDatabase(path, schema(first));
    assert.is(db.pragma('user_version', { simple: true }), 1);
    db.close();
  });

  test('a newer schema, and another program’s file, are refused and not touched', context => {
    const directory = temporaryDirectory(context);
    const newer = join(directory, 'newer.sqlite');
    openDatabase(newer, schema(first, second)).close();
    const foreign = join(directory, 'foreign.sqlite');
    new Database(foreign).exec('CREATE TABLE b (x)').close();
    for (const [path, why] of [
      [newer, /schema 2, newer than 1/],
      [foreign, /not a file of this program/],
    ] as const) {
      const before = readFileSync(path);
      assert.throws(() => openDatabase(path, schema(first)), why);
      assert.equal(readFileSync(path), before);
    }
  });
});
