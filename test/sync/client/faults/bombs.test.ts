/**
 * Small signed files that would take all of a validator's memory, or its time: whoever has the signing keys can publish them.
 * They are refused, what is in use stays, and the next version is taken.
 */
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { findTarget } from '../../../../sync/cache/targets.ts';
import { createContentCipher } from '../../../../sync/feed/content-cipher.ts';
import { sha256Hex } from '../../../../sync/feed/feed-file.ts';
import { linesTarget, policyTarget } from '../../../../sync/feed/index-file.ts';
import { currentKey } from '../../../../sync/publisher/epochs/epoch-keys.ts';
import { suite } from '../../../harness.ts';
import { otherBytes } from './faults.ts';
import { indexWith, plant } from './plant.ts';
import type { TestFeed } from './test-feed.ts';
import { assertServes, refusalOf, startAtNewest } from './test-validator.ts';

const mega = 1 << 20;
const giga = 1 << 30;

const inflated = <T extends { readonly size: number }>(file: T): T => ({ ...file, size: giga });

suite('bombs', test => {
  const indexes: readonly [string, (feed: TestFeed) => string, RegExp][] = [
    ['an index of 32 MB of brackets', () => '['.repeat(32 * mega), /index: /],
    ['an index of 1 MB of brackets', () => '['.repeat(mega), /index: nested more than 100 deep/],
    ['an index of brackets behind texts', () => '["]\\"]",'.repeat(10_000), /nested more than 100 deep/],
    [
      'statuses that unpack to 1 GiB',
      feed =>
        indexWith(feed.dir, ({ status }) => ({
          status: { ...status, file: inflated(status.file), deltas: [] },
        })),
      /out of proportion: the statuses: \d+ bytes that unpack to 1073741824/,
    ],
    [
      'a partition that does',
      feed =>
        indexWith(feed.dir, ({ snapshot }) => {
          const partitions = snapshot.partitions.map(each => ({
            ...each,
            file: each.file && inflated(each.file),
          }));
          return { snapshot: { ...snapshot, partitions } };
        }),
      /out of proportion: partition \d+/,
    ],
    [
      'deltas that do',
      feed =>
        indexWith(feed.dir, ({ linkDeltas }) => ({
          linkDeltas: linkDeltas.map(delta => ({ ...delta, file: inflated(delta.file) })),
        })),
      /out of proportion: a link delta/,
    ],
    [
      'as many slots as there are numbers',
      feed =>
        indexWith(feed.dir, ({ partitions }) => ({
          partitions: partitions.map(each => ({ ...each, slots: 2 ** 23 - 2 })),
        })),
      /links or slots, at most/,
    ],
    [
      'more links in a partition than a city has',
      feed =>
        indexWith(feed.dir, ({ partitions }) => ({
          partitions: partitions.map(each => ({ ...each, links: 2 ** 21 })),
        })),
      /index: partitions/,
    ],
  ];
  for (const [what, index, why] of indexes) {
    test(what, async context => {
      const { feed, validator, newest } = await startAtNewest(context);
      plant(feed.dir, { index: index(feed) });
      const before = process.resourceUsage().maxRSS;
      for (const _ of [1, 2]) assert.match(await refusalOf(validator), why);
      assert.ok(process.resourceUsage().maxRSS - before < 300 * 1024, 'within 300 MB');
      assertServes(validator, feed, newest);
    });
  }

  test('a file that unpacks to more than the index says', async context => {
    const { feed, server, validator } = await startAtNewest(context);
    const cipher = createContentCipher(currentKey(feed.dir));
    const bytes = cipher.seal(gzipSync(Buffer.alloc(mega)), 'bomb');
    const sha256 = sha256Hex(bytes);
    const { size } = feed.truth(feed.version).index.status.file;
    plant(feed.dir, {
      index: indexWith(feed.dir, ({ status }) => ({
        status: { ...status, file: { sha256, length: bytes.length, size }, deltas: [] },
      })),
    });
    server.inject(`files/${sha256}`, otherBytes(bytes));
    assert.match(await refusalOf(validator), /out of proportion|file [0-9a-f]{64}: /);
  });

  for (const [what, policy] of [
    ['1 MB of brackets', '['.repeat(mega)],
    ['brackets', '['.repeat(30_000)],
    ['dashes, which end the process in the library', '- '.repeat(15_000)],
    ['question marks', '? '.repeat(15_000)],
    ['aliases that each name the one before', '- &a [*a,*a,*a,*a]\n'.repeat(1600)],
    ['braces behind texts', '{a: "}", b: '.repeat(2000)],
    ['a long text', `lines: [${'1,'.repeat(mega / 2)}1]`],
  ] as const) {
    test(`a policy of ${what}: the one before stays, the links are taken`, async context => {
      const { feed, validator, newest } = await startAtNewest(context);
      const before = findTarget(validator.directory, policyTarget);
      plant(feed.dir, { policy });
      const { version, renewed, unusable } = await validator.sync();
      assert.is(version, newest + 1);
      assert.equal(renewed, [linesTarget]);
      assert.match(unusable.join('\n'), /^policy\.yaml: .*(deep|at most|aliases)/);
      assert.is(findTarget(validator.directory, policyTarget), before);
      assert.equal((await validator.sync()).unusable, unusable);
    });
  }

  test('lines of brackets: those before stay', async context => {
    const { feed, validator } = await startAtNewest(context);
    const before = findTarget(validator.directory, linesTarget);
    plant(feed.dir, { lines: '['.repeat(mega) });
    assert.match((await validator.sync()).unusable.join(), /lines\.json: nested more than 100 deep/);
    assert.is(findTarget(validator.directory, linesTarget), before);
  });

  test('metadata of brackets, or longer than any of ours', async context => {
    const { feed, server, validator, newest } = await startAtNewest(context);
    for (const [name, bytes, why] of [
      ['3.root.json', Buffer.alloc(100_000, '['), /3\.root\.json: nested more than 100 deep/],
      ['3.root.json', Buffer.alloc(400_000, ' '), /3\.root\.json: longer than/],
      ['timestamp.json', Buffer.alloc(16_000, '['), /timestamp\.json: nested more than 100 deep/],
    ] as const) {
      const end = server.inject(join('metadata', name), otherBytes(bytes));
      assert.match(await refusalOf(validator), why);
      assertServes(validator, feed, newest);
      end();
    }
  });
});
