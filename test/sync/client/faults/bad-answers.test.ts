/** A server answers wrongly, for each kind of file: the sync is refused by name, and what was here stays in use. */
import { basename } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../../../harness.ts';
import {
  dripping,
  encoded,
  endless,
  htmlPage,
  redirected,
  shortened,
  status,
  wrongContentLength,
} from './faults.ts';
import type { Fault } from './faulty-server.ts';
import type { Kind } from './feed-paths.ts';
import { newest, type StartingPoint, startFrom } from './starting-points.ts';
import { assertServes, assertWhole, refusalOf } from './test-validator.ts';

const faults: Record<string, readonly [fault: Fault, why: RegExp]> = {
  'not there': [status(404), /DeviceError protocol: .*status 404|FeedError .*status 404/],
  'a failing server': [status(500), /DeviceError disconnected: .*status 500/],
  'a busy server': [status(503, { 'retry-after': '1' }), /DeviceError disconnected: .*status 503/],
  elsewhere: [redirected, /Error .*status 302, redirects are not followed/],
  'a page to sign in': [htmlPage, /not JSON|hash|length|ended after \d+ of \d+ bytes|longer than/i],
  'only its beginning': [shortened(33), /JSON|hash|length|ended after \d+ of \d+ bytes/i],
  'without end': [endless, /longer than the \d+ bytes announced/],
  'less than it says': [wrongContentLength(200), /disconnected: |longer than the \d+ bytes announced/],
  'more than it says': [
    wrongContentLength(-3),
    /JSON|hash|length|Parse|Unexpected|ended after \d+ of \d+ bytes/i,
  ],
  'compressed once more': [encoded, /content-encoding gzip/],
  'a byte now and then': [dripping(50), /DeviceError timeout: .*only \d+ bytes came in \d+ ms/],
};

const [lastFault] = Object.values(faults).at(-1) ?? [];

/** Without a new root the old one counts, as long as its keys sign. */
const mayBeMissing: readonly Kind[] = ['root'];

async function assertRefusals(
  { feed, server, version, validator, byKind }: StartingPoint,
  kinds: readonly Kind[],
): Promise<void> {
  for (const kind of kinds) {
    const path = byKind.get(kind) ?? 'none';
    for (const [name, [fault, why]] of Object.entries(faults)) {
      if (name === 'not there' && mayBeMissing.includes(kind)) continue;
      const one = validator();
      const end = server.inject(path, fault);
      const refusal = await refusalOf(one, name === 'a byte now and then' ? path : undefined);
      end();
      assert.match(refusal, why, `${kind}: ${name}: ${refusal}`);
      assert.match(refusal, new RegExp(basename(path)), `${kind}: ${name}: ${refusal}`);
      assertServes(one, feed, version);
      await one.sync();
      assertServes(one, feed, newest);
      if (fault === lastFault) assertWhole(one, feed, newest);
    }
  }
}

suite('bad answers', test => {
  test('signed metadata', async context => {
    await assertRefusals(await startFrom(context, undefined), ['root', 'timestamp', 'snapshot', 'targets']);
  });
  test('targets', async context => {
    await assertRefusals(await startFrom(context, undefined), ['policy', 'lines', 'index']);
  });
  test('files of the feed', async context => {
    await assertRefusals(await startFrom(context, undefined), ['partition', 'link delta', 'status file']);
  });
  test('on the way by deltas', async context => {
    await assertRefusals(await startFrom(context, newest - 1), ['timestamp', 'index', 'link delta']);
  });
});
