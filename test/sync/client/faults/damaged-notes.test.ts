/** What a cache's directory holds beside the links is damaged: metadata, memory, texts, lock; all are made anew. */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { sha256Hex } from '../../../../sync/feed/feed-file.ts';
import { suite } from '../../../harness.ts';
import { assertArrives, assertServes, assertTidy, refusalOf } from './test-validator.ts';
import { withTwoGenerations } from './two-generations.ts';

suite('damaged notes', test => {
  test('the kept metadata is damaged: it is had anew, and a rollback is still none', async context => {
    const { feed, server, validator } = await withTwoGenerations(context);
    const names = ['root.json', 'timestamp.json', 'snapshot.json', 'targets.json'];
    const garbage: readonly ((bytes: Buffer) => Buffer)[] = [
      bytes => bytes.subarray(0, bytes.length / 2),
      () => Buffer.from('garbage'),
      () => Buffer.alloc(0),
      () => Buffer.from('{}'),
      bytes => Buffer.from(bytes.toString().replace(/"version":\d+/, '"version":99')),
    ];
    for (const name of names) {
      for (const spoil of garbage) {
        const one = validator();
        const path = join(one.directory, 'metadata', name);
        writeFileSync(path, spoil(readFileSync(path)));
        server.directory = feed.publicAt(6);
        const refusal = await refusalOf(one);
        assert.match(refusal, /rollback: version 6|version 6.* is less than/, `${name}: ${refusal}`);
        assertServes(one, feed, 7);
        server.directory = feed.publicAt(7);
        assert.is((await assertArrives(one, feed, 7)).how, 'none');
        server.directory = feed.places.public;
        await one.sync();
        assertServes(one, feed, 8);
      }
    }
  });

  test('the memory, the texts, the lock are damaged, things are left over: all made anew', async context => {
    const { feed, server, validator } = await withTwoGenerations(context);
    for (const file of ['seen.json', 'policy.yaml', 'lines.json', 'lock.sqlite']) {
      for (const text of ['', 'garbage', '{"highestVersion":1e999}']) {
        const one = validator();
        const path = join(
          one.directory,
          readdirSync(one.directory).find(name => name.endsWith(file)) ?? file,
        );
        writeFileSync(path, text);
        cpSync(join(one.directory, 'metadata'), join(one.directory, 'metadata.copy'), { recursive: true });
        for (const left of ['links-9-1.sqlite.building', 'links-9-1.sqlite.building-wal', 'links-5-1.sqlite'])
          writeFileSync(join(one.directory, left), text);
        for (const version of [7, 8]) {
          server.directory = feed.publicAt(version);
          await one.sync();
          assertServes(one, feed, version);
          assertTidy(one, feed, version);
          if (path.endsWith(`.${file}`) && version === 7)
            assert.ok(path.includes(sha256Hex(readFileSync(path))), `${path} is whole again`);
        }
      }
    }
  });
});
