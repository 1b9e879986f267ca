/** The cache's disk is full, at every moment of a sync, or may only be read. */
import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createFeedClient } from '../../../../sync/client/feed-client.ts';
import type { TestContext } from '../../../harness.ts';
import { suite, until } from '../../../harness.ts';
import { fillDisk, mountSmallDisk, smallDisk } from '../../../small-disk.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { serveFaulty } from './faulty-server.ts';
import { copyOfFeed } from './test-feed.ts';
import { assertArrives, assertServes, createValidator, patient, refusalOf } from './test-validator.ts';

const diskKiB = 512;

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
    const remount = (how: 'ro' | 'rw') => execFileSync('mount', ['-o', `remount,${how}`, disk]);
    server.directory = feed.publicAt(7);
    await assertArrives(validator, feed, 7);
    server.directory = feed.places.public;
    remount('ro');
    assert.match(await refusalOf(validator), new RegExp(`^DeviceError storage: ${disk}/cache: `));
    remount('rw');
    assertServes(validator, feed, 7);
    await assertArrives(validator, feed, feed.version);
  });

  test.needing(smallDisk, 'read-only where nothing is yet: refused by name', async context => {
    const { feed, disk, validator } = await onSmallDisk(context);
    const remount = (how: 'ro' | 'rw') => execFileSync('mount', ['-o', `remount,${how}`, disk]);
    remount('ro');
    assert.match(
      await refusalOf(validator),
      new RegExp(`^DeviceError storage: ${disk}/cache: `),
      await refusalOf(validator),
    );
    remount('rw');
    await assertArrives(validator, feed, feed.version);
  });

  for (const isReadable of [true, false]) {
    test.needing(
      smallDisk,
      `the syncing thread lives through it, generations ${isReadable ? 'can' : 'cannot'} be read meanwhile: none is damaged`,
      async context => {
        const { feed, server, disk, validator } = await onSmallDisk(context);
        const remount = (how: 'ro' | 'rw') => execFileSync('mount', ['-o', `remount,${how}`, disk]);
        for (const version of [5, 8]) {
          server.directory = feed.publicAt(version);
          await assertArrives(validator, feed, version);
        }
        // What readers have left beside a generation is what makes it readable on such a disk.
        if (!isReadable) removeSideFiles(validator.directory);
        remount('ro');
        const told: string[] = [];
        const { directory, rootFile, keys } = validator;
        const client = createFeedClient(
          { ...patient, url: server.url, rootFile, keys, directory, pollMs: 100 },
          {
            synced: ({ version }) => told.push(`synced ${version}`),
            refused: ({ kind }, kept) => told.push(`refused ${kind} ${kept}`),
            damaged: (_, why) => told.push(`damaged ${why}`),
            proved: () => told.push('proved'),
            fault: ({ message }) => told.push(`fault ${message}`),
          },
        );
        context.after(() => client.close());
        await until('some refusals', () => told.filter(text => text.startsWith('refused')).length >= 2);
        if (isReadable) await until('a check', () => told.includes('proved'));
        remount('rw');
        client.syncNow();
        await until('a sync', () => told.includes('synced 8') && told.includes('proved'), 20_000);
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
