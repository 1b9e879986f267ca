/** What a validator remembers of its web server never stands between it and the feed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../../../harness.ts';
import { hangUp, status } from './faults.ts';
import type { Fault } from './faulty-server.ts';
import { assertArrives, startAtNewest } from './test-validator.ts';

const timestamp = 'metadata/timestamp.json';

/** As servers do with a request whose head is too long. */
const limitedHead: Fault = answer => {
  const length = String(answer.request.headers['if-none-match'] ?? '').length;
  return length > 2000 && status(431)(answer);
};

/** Refuses only what is asked by an ETag. */
const ifConditional =
  (fault: Fault): Fault =>
  answer =>
    answer.request.headers['if-none-match'] !== undefined && fault(answer);

suite('what is remembered of a server', test => {
  test('an ETag of 9,000 bytes is not kept', async context => {
    const { feed, server, validator } = await startAtNewest(context);
    server.inject(timestamp, limitedHead);
    const end = server.inject(timestamp, answer => {
      answer.headers.etag = `"${'x'.repeat(9000)}"`;
      return false;
    });
    await assertArrives(validator, feed, feed.publish('delta'));
    end();
    await assertArrives(validator, feed, feed.publish('delta'));
    assert.ok(readFileSync(join(validator.directory, 'seen.json')).length < 1000);
  });

  test('nor used, where an older program has kept it', async context => {
    const { feed, server, validator } = await startAtNewest(context);
    server.inject(timestamp, limitedHead);
    const path = join(validator.directory, 'seen.json');
    const { state } = JSON.parse(readFileSync(path, 'utf8'));
    state.timestamp.etag = `"${'x'.repeat(9000)}"`;
    writeFileSync(path, JSON.stringify(state));
    await assertArrives(validator, feed, feed.publish('delta'));
  });

  for (const [what, fault] of [
    ...[400, 403, 404, 412, 428, 431, 500].map(code => [`status ${code}`, status(code)] as const),
    ['a closed connection', hangUp],
    ['another version that is not the feed’s', status(200)],
  ] as const) {
    test(`${what} for what is asked by an ETag: it is asked without`, async context => {
      const { feed, server, validator } = await startAtNewest(context);
      server.inject(timestamp, ifConditional(fault));
      await assertArrives(validator, feed, feed.publish('delta'));
    });
  }

  test('"unchanged" for ever: once what is kept has expired, it is asked without', async context => {
    const { feed, server, validator } = await startAtNewest(context);
    server.inject(timestamp, ifConditional(status(304)));
    validator.time = { earliest: Date.now() + 2 * 86_400_000, latest: Date.now() + 2 * 86_400_000 };
    await assertArrives(validator, feed, feed.publish('delta', { now: validator.time.earliest }));
  });
});
