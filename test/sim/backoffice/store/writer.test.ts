/** Writes share commits; each is all or nothing, and is there for others when it is told as done. */
import { once } from 'node:events';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import * as assert from 'uvu/assert';
import { createWriter, type LogSync } from '../../../../sim/backoffice/store/writer.ts';
import { suite } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';

function openTwice(directory: string) {
  const path = join(directory, 'a.sqlite');
  const [db, other] = [new Database(path), new Database(path)];
  db.pragma('journal_mode = WAL');
  db.exec('CREATE TABLE a (x INTEGER PRIMARY KEY)');
  const insert = db.prepare('INSERT INTO a VALUES (?)');
  return { db, other, insert, seen: () => other.prepare('SELECT x FROM a ORDER BY x').pluck().all() };
}

/** Takes its time until it is told. */
function createSlowDisk() {
  const asked = new EventTarget();
  let settle: (failure?: Error) => void = () => undefined;
  let closed = false;
  let isWaiting = false;
  const log: LogSync = {
    sync: () =>
      new Promise((resolve, reject) => {
        settle = failure => (failure === undefined ? resolve() : reject(failure));
        isWaiting = true;
        asked.dispatchEvent(new Event('asked'));
      }),
    close() {
      closed = true;
    },
  };
  return {
    log,
    isClosed: () => closed,
    async isAsked(): Promise<void> {
      if (!isWaiting) await once(asked, 'asked');
    },
    answer(failure?: Error): void {
      isWaiting = false;
      settle(failure);
    },
  };
}

suite('group commit', test => {
  test('what fails is undone alone, what is done is committed', async context => {
    const { db, other, insert, seen } = openTwice(temporaryDirectory(context));
    const writer = createWriter(db);
    const outcomes = await Promise.allSettled([
      writer.write(() => insert.run(1).changes),
      writer.write(() => {
        insert.run(2);
        throw new Error('half-way');
      }),
      writer.write(() => insert.run(3).changes).then(() => seen()),
    ]);
    assert.equal(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.equal(outcomes[2], { status: 'fulfilled', value: [1, 3] });
    db.close();
    other.close();
  });

  test('while another process writes it waits, and holds nobody up', async context => {
    const { db, other, insert, seen } = openTwice(temporaryDirectory(context));
    const writer = createWriter(db);
    other.exec('BEGIN IMMEDIATE');
    const writing = Promise.all([1, 2].map(x => writer.write(() => insert.run(x))));
    const first = await Promise.race([writing, new Promise(resolve => setTimeout(resolve, 60, 'others'))]);
    assert.is(first, 'others');
    other.exec('ROLLBACK');
    await Promise.all([writing, writer.write(() => insert.run(3))]);
    assert.equal(seen(), [1, 2, 3]);
    db.close();
    other.close();
  });

  test('a commit that fails is nobody’s success', async context => {
    const { db, other, insert, seen } = openTwice(temporaryDirectory(context));
    const writer = createWriter(db, { busyLimitMs: 20 });
    other.exec('BEGIN IMMEDIATE');
    const outcomes = await Promise.allSettled([1, 2].map(x => writer.write(() => insert.run(x))));
    assert.equal(
      outcomes.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    other.exec('ROLLBACK');
    await writer.write(() => insert.run(4));
    assert.equal(seen(), [4]);
    db.close();
    other.close();
  });

  test('a full disk undoes the whole commit, and nobody is told of success', async context => {
    const { db, other, seen } = openTwice(temporaryDirectory(context));
    db.exec('CREATE TABLE big (x BLOB)');
    const writer = createWriter(db);
    const insert = db.prepare('INSERT INTO a VALUES (?)');
    const fill = db.prepare('INSERT INTO big VALUES (zeroblob(100000))');
    db.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true })) + 4}`);
    const works = [() => insert.run(1), () => fill.run(), () => insert.run(2)];
    const outcomes = await Promise.allSettled(works.map(work => writer.write(work)));
    assert.equal(
      outcomes.map(({ status }) => status),
      ['rejected', 'rejected', 'rejected'],
    );
    assert.equal(seen(), []);
    await writer.write(() => insert.run(4));
    assert.equal(seen(), [4]);
    db.close();
    other.close();
  });

  test('done is what the disk has; what comes meanwhile shares the next commit', async context => {
    const { db, other, insert, seen } = openTwice(temporaryDirectory(context));
    const disk = createSlowDisk();
    const writer = createWriter(db, { log: disk.log });
    const done: number[] = [];
    const write = (x: number) => writer.write(() => insert.run(x)).then(() => done.push(x));
    const first = write(1);
    await disk.isAsked();
    const others = [write(2), write(3)];
    assert.equal([seen(), done], [[1], []]);
    disk.answer();
    await first;
    await disk.isAsked();
    assert.equal([seen(), done], [[1, 2, 3], [1]]);
    disk.answer();
    await Promise.all(others);
    await writer.close();
    assert.is(disk.isClosed(), true);
    db.close();
    other.close();
  });

  test('after what the disk has lost nothing is written any more', async context => {
    const { db, other, insert, seen } = openTwice(temporaryDirectory(context));
    const disk = createSlowDisk();
    const writer = createWriter(db, { log: disk.log });
    const write = (x: number) =>
      writer
        .write(() => insert.run(x))
        .then(
          () => 'done',
          ({ kind }) => kind,
        );
    const first = write(1);
    await disk.isAsked();
    disk.answer(Object.assign(new Error('EIO'), { syscall: 'fdatasync' }));
    assert.is(await first, 'storage');
    assert.is(await write(2), 'storage');
    assert.equal(seen(), [1]);
    db.close();
    other.close();
  });
});
