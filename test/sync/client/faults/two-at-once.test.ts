/** Two processes sync one cache: one does it, the other says so. */
import * as assert from 'uvu/assert';
import { suite, until } from '../../../harness.ts';
import { send, serveFaulty } from './faulty-server.ts';
import { startSyncing } from './syncing-child.ts';
import { copyOfFeed } from './test-feed.ts';
import { assertArrives, assertWhole, newValidator, refusalOf } from './test-validator.ts';

suite('two syncs at once', test => {
  test('in two processes', async context => {
    const feed = copyOfFeed(context);
    const server = await serveFaulty(context, feed.places.public);
    for (const version of [5, 8]) {
      server.directory = feed.publicAt(version);
      // Whoever is first waits for its first answer until the others have ended.
      let answerFirst = () => {};
      const othersEnded = new Promise<void>(resolve => {
        answerFirst = resolve;
      });
      server.inject(
        /./,
        answer => {
          void othersEnded.then(() => send(answer));
          return true;
        },
        1,
      );
      const validator = newValidator(context, feed, server.url);
      const start = () => startSyncing(context, feed, server.url, validator.directory);
      const children = await Promise.all([start(), start(), start()]);
      const outcomes: string[] = [];
      const ends = children.map(async child => void outcomes.push(JSON.stringify(await child.go())));
      await until('the others have ended', () => outcomes.length === 2);
      answerFirst();
      await Promise.all(ends);
      const busy = outcomes.filter(outcome => outcome.includes('another sync is at work here'));
      const done = outcomes.filter(outcome => outcome.includes(`"version":${version},`));
      assert.is(busy.length, 2, outcomes.join('\n'));
      assert.is(done.length, 1, outcomes.join('\n'));
      assertWhole(validator, feed, version);
    }
  });

  test('in one process', async context => {
    const feed = copyOfFeed(context);
    const server = await serveFaulty(context, feed.places.public);
    server.slowMs = 5;
    const validator = newValidator(context, feed, server.url);
    const first = validator.sync();
    assert.match(
      await refusalOf(validator),
      new RegExp(`^FeedError ${validator.directory}: another sync is at work here`),
    );
    assert.is((await first).version, feed.version);
    assertWhole(validator, feed, feed.version);
    assert.is((await assertArrives(validator, feed, feed.version)).how, 'none');
  });
});
