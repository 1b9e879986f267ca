/** The files a validator lives on, missing, locked, cut, foreign or without room: what is said, and that it mends. */
import { existsSync, mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import * as assert from 'uvu/assert';
import { candidates } from '../../../sync/cache/directory.ts';
import { setUpBackOffice } from '../../delivered-cache.ts';
import { suite, until } from '../../harness.ts';
import { ext4Disk, fillDisk, mountExt4Disk, mountSmallDisk, remount, smallDisk } from '../../small-disk.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { type Stand, startStand, startStandIn } from './stand.ts';

const settings = { settings: { noticeMs: 1000 } };

/** Breaks a generation in place. */
const damages: Record<string, (file: string) => void> = {
  missing: file => rmSync(file),
  truncated: file => truncateSync(file, 5000),
  'no database': file => writeFileSync(file, 'links as a text file\n'.repeat(1000)),
  'of another schema'(file) {
    const db = new Database(file);
    db.pragma('user_version = 99');
    db.close();
  },
};

function generationsIn(cache: string): string[] {
  return candidates(cache)
    .map(name => join(cache, name))
    .filter(file => existsSync(file));
}

async function cannotBeVerified(stand: Stand, what: string): Promise<void> {
  for (const outcome of [
    await stand.tap(stand.crowd.tUnion('green')),
    await stand.scan(stand.crowd.code('red')),
    await stand.tap(stand.crowd.bmac('none')),
  ]) {
    assert.equal(
      [outcome.verdict, outcome.reason, outcome.fareTaken],
      ['cannot-verify', 'no-data', true],
      what,
    );
  }
  await stand.shows('passenger', 'light amber', '暂时无法核验', '请出示健康宝');
  await stand.shows('crew', '本机无健康码数据', '请人工查验');
}

suite('bad cache', test => {
  test('cannot be verified, shown, and mends by itself, each time', async context => {
    const stand = await startStand(context, settings);
    const { links } = stand.office.files;
    for (const [what, damage] of Object.entries(damages)) {
      let from = stand.log.length;
      for (const file of generationsIn(links)) damage(file);
      await until(`${what}: it is noticed`, async () => {
        await stand.tap(stand.crowd.tUnion('none'));
        return stand.log.slice(from).some(({ event, name }) => event === 'part-fault' && name === 'links');
      });
      await cannotBeVerified(stand, what);
      assert.match(await stand.ask('cache'), 'NOT USABLE', what);
      assert.match(await stand.ask('status'), /WORKS, WITH FAULTS[\s\S]*1\. links links/, what);
      await stand.shows('crew', 'light amber', '健康码数据不可用');
      from = stand.log.length;
      // Twice: the previous generation is a good one too.
      for (let i = 0; i < 2; i++) stand.office.publish(stand.crowd.links, 'fresh');
      await stand.logged('links', from);
      assert.is((await stand.tap(stand.crowd.tUnion('green'))).verdict, 'pass', what);
      assert.is((await stand.tap(stand.crowd.tUnion('none'))).verdict, 'not-found', what);
    }
  });
});

suite('cache with one bad generation', test => {
  test('the newest damaged: the one before it answers, and nobody notices', async context => {
    const stand = await startStand(context, settings);
    const { links } = stand.office.files;
    for (const [what, damage] of Object.entries(damages)) {
      stand.office.publish(stand.crowd.links, 'fresh');
      stand.office.publish(stand.crowd.links, 'fresh');
      const [newest = 'none', previous = 'none'] = generationsIn(links);
      damage(newest);
      const version = Number(/links-(\d+)-/.exec(previous)?.[1]);
      await until(`${what}: the previous one`, async () =>
        new RegExp(`version +${version}\\r`).test(await stand.ask('cache')),
      );
      assert.is((await stand.tap(stand.crowd.tUnion('green'))).verdict, 'pass', what);
      assert.is((await stand.tap(stand.crowd.tUnion('red'))).verdict, 'abnormal', what);
      assert.is((await stand.tap(stand.crowd.tUnion('none'))).verdict, 'not-found', what);
    }
    assert.match(await stand.ask('status'), 'bus-1-front: WORKS\r\n');
  });

  test.needing(smallDisk, 'on read-only media from the start: it is read', async context => {
    const directory = temporaryDirectory(context);
    const { links } = setUpBackOffice(join(directory, 'office'), 'enforced', Date.now()).files;
    mkdirSync(links, { recursive: true });
    mountSmallDisk(links, context);
    const stand = await startStandIn(directory, context, settings);
    await stand.cutPower(() => remount(links, 'ro'));
    await stand.ready();
    assert.is((await stand.tap(stand.crowd.tUnion('green'))).verdict, 'pass');
    assert.is((await stand.tap(stand.crowd.tUnion('red'))).verdict, 'abnormal');
    assert.is((await stand.tap(stand.crowd.tUnion('none'))).verdict, 'not-found');
    assert.match(await stand.ask('status'), 'bus-1-front: WORKS\r\n');
  });

  test('locked by another process: it is read all the same', async context => {
    const stand = await startStand(context, settings);
    const [file = 'none'] = generationsIn(stand.office.files.links);
    const db = new Database(file);
    context.after(() => db.close());
    db.exec('BEGIN EXCLUSIVE');
    assert.is((await stand.tap(stand.crowd.tUnion('green'))).verdict, 'pass');
    await stand.cutPower();
    await stand.ready();
    assert.is((await stand.tap(stand.crowd.tUnion('red'))).verdict, 'abnormal');
    assert.match(await stand.ask('status'), 'bus-1-front: WORKS\r\n');
  });
});

suite('bad journal', test => {
  async function takesNothing(stand: Stand): Promise<void> {
    for (const outcome of [
      await stand.tap(stand.crowd.tUnion('green')),
      await stand.scan(stand.crowd.code('green')),
    ]) {
      assert.equal(
        [outcome.verdict, outcome.reason, outcome.fareTaken],
        ['cannot-verify', 'out-of-service', false],
      );
      assert.is(outcome.seq, undefined);
    }
    await stand.shows('passenger', 'light red', '暂时无法核验', '本机暂停服务');
    await stand.shows('crew', '本机暂停服务', '无法记录乘车');
    await stand.shows('passenger', 'light red', '暂停服务');
    assert.match(await stand.ask('status'), /OUT OF SERVICE[\s\S]*1\. journal/);
  }

  async function takesRides(stand: Stand): Promise<void> {
    await until('rides are taken', async () => {
      const { fareTaken } = await stand.tap(stand.crowd.tUnion('none'));
      return fareTaken === true;
    });
    const rows = stand.rows();
    assert.equal(
      rows.map(({ seq }) => seq),
      rows.map((_, i) => i + 1),
    );
  }

  test.needing(
    smallDisk,
    'a full disk: no ride without a row, and rides again when there is room',
    async context => {
      const directory = temporaryDirectory(context);
      mkdirSync(join(directory, 'front'));
      mountSmallDisk(join(directory, 'front'), context);
      const stand = await startStandIn(directory, context, settings);
      const filler = join(directory, 'front', 'filler');
      await takesRides(stand);
      fillDisk(filler);
      // What is left of the last page takes a few rows yet.
      const taken: unknown[] = [];
      await until('no more room', async () => {
        const { verdict, seq } = await stand.tap(stand.crowd.tUnion('green'));
        if (verdict === 'pass') taken.push(seq);
        return verdict === 'cannot-verify';
      });
      const before = stand.rows();
      for (const seq of taken) assert.ok(before.some(row => row.seq === seq));
      await takesNothing(stand);
      assert.equal(stand.rows(), before);
      truncateSync(filler, 0);
      await takesRides(stand);
      await stand.shows('passenger', '请刷卡或扫码');
    },
  );

  test.needing(smallDisk, 'a disk that is full at the start', async context => {
    const directory = temporaryDirectory(context);
    mkdirSync(join(directory, 'front'));
    mountSmallDisk(join(directory, 'front'), context);
    const stand = await startStandIn(directory, context, settings);
    const filler = join(directory, 'front', 'filler');
    await stand.cutPower(() => {
      for (const end of ['', '-wal', '-shm']) rmSync(join(directory, 'front', `journal.sqlite${end}`));
      fillDisk(filler);
    });
    await stand.ready();
    await takesNothing(stand);
    truncateSync(filler, 0);
    await takesRides(stand);
  });

  test.needing(ext4Disk, 'an ext4 that breaks down: told before anybody taps', async context => {
    const directory = temporaryDirectory(context);
    mkdirSync(join(directory, 'front'));
    const disk = mountExt4Disk(join(directory, 'front'), context);
    const stand = await startStandIn(directory, context, settings);
    await takesRides(stand);
    const before = stand.rows();
    disk.breakDown();
    await stand.shows('crew', '乘车记录故障');
    await takesNothing(stand);
    assert.equal(stand.rows(), before);
  });

  test('locked by another process, and let go', async context => {
    const stand = await startStand(context, settings);
    await takesRides(stand);
    const db = new Database(join(stand.directory, 'journal.sqlite'));
    db.exec('BEGIN IMMEDIATE');
    await stand.shows('crew', '乘车记录故障');
    await takesNothing(stand);
    db.close();
    await takesRides(stand);
  });

  test('a journal of another device is not written to, and taken up once it is put right', async context => {
    const stand = await startStand(context, settings);
    await takesRides(stand);
    await stand.restartWith({ device: 'bus-1-front', journal: 'other.sqlite' });
    await stand.cutPower(() => {
      const other = new Database(join(stand.directory, 'other.sqlite'));
      other.exec(`UPDATE owner SET device = 'bus-2-rear'`);
      other.close();
    });
    await stand.ready();
    await takesNothing(stand);
    assert.match(await stand.ask('status'), 'the journal belongs to device bus-2-rear');
    for (const end of ['', '-wal', '-shm'])
      rmSync(join(stand.directory, `other.sqlite${end}`), { force: true });
    renameSync(join(stand.directory, 'journal.sqlite'), join(stand.directory, 'other.sqlite'));
    await until('rides again', async () => (await stand.tap(stand.crowd.tUnion('none'))).fareTaken === true);
  });

  test('taken away while it is open: no ride goes into a file that is no more, and it may come back', async context => {
    const stand = await startStand(context, settings);
    await takesRides(stand);
    const files = ['journal.sqlite', 'journal.sqlite-wal'].map(name => join(stand.directory, name));
    for (const file of files) {
      const before = stand.rows();
      renameSync(file, `${file}.away`);
      await takesNothing(stand);
      assert.match(await stand.ask('status'), 'removed or replaced');
      renameSync(`${file}.away`, file);
      assert.equal(stand.rows(), before);
      await takesRides(stand);
    }
  });
});
