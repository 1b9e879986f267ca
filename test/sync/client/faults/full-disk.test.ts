/** The cache's disk is full, at every moment of a sync, or may only be read. */
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { FeedClientEvents } from '../../../../device/data-ports.ts';
import { readPointer } from '../../../../sync/cache/directory.ts';
import { createFeedClient } from '../../../../sync/client/feed-client.ts';
import type { TestContext } from '../../../harness.ts';
import { suite, until } from '../../../harness.ts';
import {
  ext4Disk,
  fillDisk,
  mountExt4Disk,
  mountSmallDisk,
  remount,
  smallDisk,
} from '../../../small-disk.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { serveFaulty } from './faulty-server.ts';
import { copyOfFeed } from './test-feed.ts';
import { assertArrives, assertServes, createValidator, patient, refusalOf } from './test-validator.ts';

const diskKiB = 512;

/** Notes each event as one line. */
function tellTo(told: string[]): FeedClientEvents {
  return {
    synced: ({ version }) => told.push(`synced ${version}`),
    refused: ({ kind }, kept) => told.push(`refused ${kind} ${kept}`),
    damaged: (_, why) => told.push(`damaged ${why}`),
    proved: () => told.push('proved'),
    fault: ({ message }) => told.push(`fault ${message}`),
  };
}

async function onSmallDisk(context: TestContext) {
  const feed = copyOfFeed(context);
  const server = await serveFaulty(context, feed.places.public);
  const disk = temporaryDirectory(context);
  mountSmallDisk(disk, context);
  const validator = createValidator(feed, server.url, join(disk, 'cache'));
  /** Leaves so much room, less what is used already. */
  const fill = (freeKiB: number) => {
    const filler = join(disk, 'filler');
    const room = join(disk, 'room');
    if (freeKiB > 0) writeFileSync(room, Buffer.alloc(freeKiB * 1024));
    fillDisk(filler);
    rmSync(room, { force: true });
    return () => rmSync(filler);
  };
  return { feed, server, disk, validator, fill };
}

suite('full and read-only disks', test => {
  test.needing(
    smallDisk,
    'full at any moment: nothing changes, nothing is left half-made, room is all it needs',
    async context => {
      for (const version of [undefined, 5, 7]) {
        const refusals: string[] = [];
        const { feed, server, disk, validator, fill } = await onSmallDisk(context);
        for (let freeKiB = 0; refusals.at(-1)?.startsWith('not refused') !== true; freeKiB += 20) {
          assert.ok(freeKiB < diskKiB, refusals.join('\n'));
          rmSync(validator.directory, { recursive: true, force: true });
          server.directory = feed.publicAt(version ?? 8);
          if (version !== undefined) await validator.sync();
          server.directory = feed.places.public;
          const empty = fill(freeKiB);
          const refusal = await refusalOf(validator);
          const done = refusal.startsWith('not refused');
          refusals.push(refusal);
          if (!done) {
            assert.match(
              refusal,
              new RegExp(`^DeviceError storage: ${disk}/.*(ENOSPC|full|disk I/O error)`),
              refusal,
            );
            assert.equal(
              readdirSync(disk, { recursive: true }).filter(name => String(name).includes('.building')),
              [],
            );
          }
          empty();
          assertServes(validator, feed, done ? feed.version : version);
          await assertArrives(validator, feed, feed.version);
        }
        assert.ok(new Set(refusals.map(text => text.replace(/.*: /, ''))).size > 1, refusals.join('\n'));
      }
    },
  );

  test.needing(smallDisk, 'read-only: refused by name, and nothing is taken away', async context => {
    const { feed, server, disk, validator } = await onSmallDisk(context);
    for (const version of [5, 7]) {
      server.directory = feed.publicAt(version);
      await validator.sync();
      // What SQLite needs to read it on such a disk.
      const generation = join(validator.directory, readPointer(validator.directory)?.current ?? 'none');
      for (const end of ['', '-wal', '-shm']) assert.ok(existsSync(generation + end), `${version}${end}`);
    }
    server.directory = feed.places.public;
    remount(disk, 'ro');
    assert.match(await refusalOf(validator), new RegExp(`^DeviceError storage: ${disk}/cache: `));
    assertServes(validator, feed, 7);
    remount(disk, 'rw');
    await assertArrives(validator, feed, feed.version);
  });

  test.needing(ext4Disk, 'a disk that breaks down is told at once, not at the next poll', async context => {
    const feed = copyOfFeed(context);
    const server = await serveFaulty(context, feed.places.public);
    const disk = temporaryDirectory(context);
    const { breakDown } = mountExt4Disk(disk, context);
    const told: string[] = [];
    const { rootFile, keys: fleetKeys, directory } = createValidator(feed, server.url, join(disk, 'cache'));
    const client = createFeedClient(
      { ...patient, url: server.url, rootFile, keys: { fleetKeys }, directory, pollMs: 86_400_000 },
      tellTo(told),
    );
    context.after(() => client.close());
    await until('a sync', () => told.includes('proved'));
    breakDown();
    await until('the fault', () => told.includes(`refused storage ${feed.version}`));
    assert.equal([...new Set(told)], [`synced ${feed.version}`, 'proved', `refused storage ${feed.version}`]);
  });

  test.needing(smallDisk, 'read-only where nothing is yet: refused by name', async context => {
    const { feed, disk, validator } = await onSmallDisk(context);
    remount(disk, 'ro');
    assert.match(
      await refusalOf(validator),
      new RegExp(`^DeviceError storage: ${disk}/cache: `),
      await refusalOf(validator),
    );
    remount(disk, 'rw');
    await assertArrives(validator, feed, feed.version);
  });

  for (const hasSideFiles of [true, false]) {
    test.needing(
      smallDisk,
      `the syncing thread lives through it, ${hasSideFiles ? 'with' : 'without'} -wal and -shm: no generation is damaged`,
      async context => {
        const { feed, server, disk, validator } = await onSmallDisk(context);
        for (const version of [5, 8]) {
          server.directory = feed.publicAt(version);
          await assertArrives(validator, feed, version);
        }
        if (!hasSideFiles) removeSideFiles(validator.directory);
        remount(disk, 'ro');
        const told: string[] = [];
        const { directory, rootFile } = validator;
        const keys = { fleetKeys: validator.keys };
        const client = createFeedClient(
          { ...patient, url: server.url, rootFile, keys, directory, pollMs: 100 },
          tellTo(told),
        );
        context.after(() => client.close());
        await until('some refusals', () => told.filter(text => text.startsWith('refused')).length >= 2);
        await until('a check', () => told.includes('proved'));
        remount(disk, 'rw');
        client.syncNow();
        await until('a sync', () => told.includes('synced 8') && told.includes('proved'));
        assert.equal([...new Set(told)].filter(text => !text.startsWith('refused storage')).toSorted(), [
          'proved',
          'synced 8',
        ]);
        await client.close();
        assertServes(validator, feed, feed.version);
      },
    );
  }
});

function removeSideFiles(directory: string): void {
  for (const name of readdirSync(directory)) if (/-(wal|shm)$/.test(name)) rmSync(join(directory, name));
}
