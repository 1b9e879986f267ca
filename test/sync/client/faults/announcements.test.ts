/** What the signed metadata announces is itself out of bounds, or is not what the file says. */
import { createHash } from 'node:crypto';
import { statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createContentCipher } from '../../../../sync/feed/content-cipher.ts';
import { encodeIndex, type FeedIndex } from '../../../../sync/feed/index-file.ts';
import { checkOfKey } from '../../../../sync/fleet-keys.ts';
import { writeTarget } from '../../../../sync/publisher/signing/target-files.ts';
import { type Publication, publishMetadata } from '../../../../sync/publisher/signing/tuf-repository.ts';
import type { TestContext } from '../../../harness.ts';
import { suite } from '../../../harness.ts';
import { endless, otherBytes } from './faults.ts';
import { assertArrives, assertServes, newValidator, refusalOf, startAtNewest } from './test-validator.ts';

async function atNewest(context: TestContext) {
  const { feed, server, validator } = await startAtNewest(context);
  const { dir } = feed;
  const texts = {
    'policy.yaml': writeTarget(dir, 'policy.yaml', Buffer.from('lines: []\n')),
    'lines.json': writeTarget(dir, 'lines.json', Buffer.from('{"lines":[]}\n')),
  };
  const version = feed.version + 1;
  /** What only the publisher's own key can do: a mistake of his, or a theft. */
  const publish = (targets: Publication['targets']) =>
    publishMetadata(dir, { version, now: Date.now(), targets });
  const [key] = feed.keys();
  if (key === undefined) throw new Error('no fleet key');
  const keyCheck = checkOfKey(key);
  const custom = { version, linksAsOf: Date.now(), statusAsOf: Date.now(), keyId: key.id, keyCheck };
  const indexTarget = (index: FeedIndex) => ({
    ...writeTarget(dir, 'index.json.gz', createContentCipher(key).seal(encodeIndex(index).bytes, 'index')),
    custom,
  });
  return {
    feed,
    server,
    validator,
    texts,
    publish,
    custom,
    indexTarget,
    index: feed.truth(feed.version).index,
  };
}

suite('announcements', test => {
  test('an index a hundred times too large is not fetched', async context => {
    const { feed, server, validator, texts, publish, custom } = await atNewest(context);
    const length = 400 << 20;
    const sha256 = createHash('sha256').update('large').digest('hex');
    const path = join(feed.places.targets, `${sha256}.index.json.gz`);
    writeFileSync(path, '');
    truncateSync(path, length);
    publish({ ...texts, 'index.json.gz': { sha256, length, custom } });
    assert.match(await refusalOf(validator), /^FeedError index: 419430400 bytes, at most 1048576 are read/);
    assertServes(validator, feed, feed.version);
    assert.not(server.log.some(({ path }) => path.includes(sha256)));
    assert.is(statSync(path).size, length);
  });

  test('an index that is served longer than announced is not read to its end', async context => {
    const { feed, server, validator } = await atNewest(context);
    const next = feed.publish('delta');
    for (const fault of [endless, otherBytes(Buffer.alloc(10 << 20))]) {
      const end = server.inject(/index\.json\.gz$/, fault);
      assert.match(
        await refusalOf(validator),
        /^DeviceError protocol: .*index.json.gz: longer than the \d+ bytes announced/,
      );
      assertServes(validator, feed, next - 1);
      end();
    }
    await assertArrives(validator, feed, next);
  });

  test('an index without version and dates, of another version, or none at all', async context => {
    for (const [targetsOf, why] of [
      [
        ({ index, indexTarget }) => ({ 'index.json.gz': { ...indexTarget(index), custom: { version: 9 } } }),
        /^FeedError metadata: the index is announced without version and dates/,
      ],
      [
        ({ index, indexTarget }) => ({ 'index.json.gz': indexTarget(index) }),
        /^FeedError index: is of version 8, announced as 9/,
      ],
      [() => ({}), /^FeedError the feed has no index.json.gz/],
    ] satisfies [(made: Awaited<ReturnType<typeof atNewest>>) => Publication['targets'], RegExp][]) {
      const made = await atNewest(context);
      const { feed, validator, texts, publish } = made;
      publish({ ...texts, ...targetsOf(made) });
      assert.match(await refusalOf(validator), why);
      assertServes(validator, feed, 8);
    }
  });

  test('a policy that is missing', async context => {
    const { feed, validator, texts, publish, index, indexTarget } = await atNewest(context);
    publish({ 'lines.json': texts['lines.json'], 'index.json.gz': indexTarget({ ...index, version: 9 }) });
    assert.match(await refusalOf(validator), /^FeedError the feed has no policy.yaml/);
    assertServes(validator, feed, 8);
  });

  test('digests that are not those of the files: the state, a partition, the statuses', async context => {
    const wrong = '0'.repeat(64);
    const changes: readonly [(index: FeedIndex) => FeedIndex, RegExp][] = [
      [
        index => ({ ...index, status: { ...index.status, sha256: wrong } }),
        /^FeedError statuses: digest [0-9a-f]{64}, announced 0{64}/,
      ],
      [
        index => ({
          ...index,
          partitions: index.partitions.map((one, i) =>
            i === 77 ? { ...one, digest: wrong.slice(32) } : one,
          ),
        }),
        /^FeedError partition 77: \d+ links with digest/,
      ],
      [
        index => ({ ...index, linkDeltas: index.linkDeltas.slice(1) }),
        /^FeedError version 9: no files lead to it/,
      ],
    ];
    for (const [change, why] of changes) {
      const { feed, server, texts, publish, index, indexTarget } = await atNewest(context);
      const validator = newValidator(context, feed, server.url);
      const { linkDeltas, status } = index;
      const last = linkDeltas.at(-1) ?? { from: 7, to: 8, file: status.file };
      const same = { ...index, version: 9, linkDeltas: [...linkDeltas, { ...last, from: 8, to: 9 }] };
      publish({ ...texts, 'index.json.gz': indexTarget(change(same)) });
      assert.match(await refusalOf(validator), why);
      assertServes(validator, feed, undefined);
    }
  });
});
