import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { FirmwareNews } from '../../../device/data-ports.ts';
import { DeviceError } from '../../../device/kit/errors.ts';
import { writeBoot } from '../../../device/update/boot-file.ts';
import { type BootRecord, factoryRecord } from '../../../device/update/boot-record.ts';
import { readSlot, schemas } from '../../../device/update/slot.ts';
import type { FirmwareTarget } from '../../../sync/feed/firmware-target.ts';
import { createFirmwareFollower } from '../../../sync/firmware/follow.ts';
import { trial } from '../../device/update/slots.ts';
import { suite, type TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { archiveOf, sha256 } from './archives.ts';

const here = { platform: process.platform, arch: process.arch, nodeAbi: process.versions.modules };
const member = { device: 'bus-1-front', line: '2' };

function announce(bytes: Buffer, version = '2.0.0'): FirmwareTarget {
  const about = { ring: 'all', version, attempt: 1, ...here, schemas };
  return { ...about, name: 'firmware-x.tar.gz', sha256: sha256(bytes), length: bytes.length };
}

function follow(context: TestContext, record: Partial<BootRecord> = {}, slot: 'factory' | 'a' = 'factory') {
  const directory = temporaryDirectory(context);
  writeBoot(directory, { ...factoryRecord, ...record });
  const served = new Map<string, Buffer>();
  const urls: string[] = [];
  const news: FirmwareNews[] = [];
  let age = 0;
  let cutAfter = Number.POSITIVE_INFINITY;
  /** As the real one: it appends what the file lacks. */
  const http = {
    async download(url: string, file: string, length: number) {
      urls.push(url);
      const bytes = served.get(url);
      if (bytes === undefined) throw new DeviceError('protocol', 'feed', `${url}: status 404`);
      const had = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
      const upTo = Math.min(length, had.length + cutAfter);
      writeFileSync(file, Buffer.concat([had, bytes.subarray(had.length, upTo)]));
      if (upTo < length) throw new DeviceError('disconnected', 'feed', `${url}: ended`);
    },
  };
  const make = () =>
    createFirmwareFollower(
      { directory, slot, version: '1.0.0', ...member },
      'http://feed',
      http,
      told => news.push(told),
      () => age,
    );
  return {
    directory,
    news,
    urls,
    make,
    serve(bytes: Buffer, version?: string): FirmwareTarget {
      const target = announce(bytes, version);
      served.set(`http://feed/targets/${target.sha256}.${target.name}`, bytes);
      return target;
    },
    replace: (target: FirmwareTarget, bytes: Buffer) =>
      served.set(`http://feed/targets/${target.sha256}.${target.name}`, bytes),
    wait(ms: number) {
      age += ms;
    },
    cut(bytes: number) {
      cutAfter = bytes;
    },
  };
}

suite('following firmware', test => {
  test('it comes whole into the spare slot, once, and is known again after a restart', async context => {
    const { directory, news, urls, make, serve } = follow(context);
    const target = serve(archiveOf());
    const follower = make();
    for (let i = 0; i < 3; i++) await follower.follow({ targets: [target] });
    const { sha256: digest } = target;
    const staged = { kind: 'staged', version: '2.0.0', sha256: digest, attempt: 1, slot: 'a' } as const;
    assert.equal([news, urls.length], [[staged], 1]);
    assert.is(readSlot(join(directory, 'a'))?.sha256, digest);
    assert.not(existsSync(join(directory, 'arrivals')));
    await make().follow({ targets: [target] });
    assert.equal([news, urls.length], [[staged, staged], 1]);
    writeFileSync(join(directory, 'a', 'build/main.js'), 'rot');
    await make().follow({ targets: [target] });
    assert.equal([news.length, urls.length], [3, 2]);
    assert.is(readFileSync(join(directory, 'a', 'build/main.js'), 'utf8'), 'console.log(1)');
  });

  test('what breaks off goes on where it was, also after a restart', async context => {
    const { news, make, serve, cut } = follow(context);
    const bytes = archiveOf();
    const target = serve(bytes);
    cut(Math.ceil(bytes.length / 3));
    await make().follow({ targets: [target] });
    assert.equal(
      news.map(({ kind }) => kind),
      ['delayed'],
    );
    const next = make();
    await next.follow({ targets: [target] });
    await next.follow({ targets: [target] });
    assert.equal(
      news.map(({ kind }) => kind),
      ['delayed', 'delayed', 'staged'],
    );
  });

  test('a newer one takes the place of one that is staged, which is withdrawn first', async context => {
    const { news, make, serve, directory } = follow(context);
    const follower = make();
    await follower.follow({ targets: [serve(archiveOf())] });
    await follower.follow({ targets: [serve(archiveOf(undefined, { version: '2.1.0' }), '2.1.0')] });
    assert.equal(
      news.map(one => [one.kind, 'version' in one ? one.version : undefined]),
      [
        ['staged', '2.0.0'],
        ['withdrawn', undefined],
        ['staged', '2.1.0'],
      ],
    );
    assert.is(readSlot(join(directory, 'a'))?.version, '2.1.0');
    await follower.follow({ targets: [] });
    assert.is(news.at(-1)?.kind, 'withdrawn');
  });

  test('what runs and what is on trial is never overwritten', async context => {
    const running = follow(context, { use: 'a' }, 'a');
    await running.make().follow({ targets: [running.serve(archiveOf())] });
    assert.equal(
      running.news.map(one => 'slot' in one && one.slot),
      ['b'],
    );
    const onTrial = follow(context, { use: 'a', trial });
    await onTrial.make().follow({ targets: [onTrial.serve(archiveOf())] });
    assert.equal([onTrial.news, onTrial.urls], [[], []]);
  });

  test('what is not as it was announced is refused with words, and leaves no whole slot', async context => {
    const { directory, news, make, serve, replace } = follow(context);
    const good = archiveOf();
    const target = serve(good);
    const turned = Buffer.from(good);
    turned[100] = (turned[100] ?? 0) ^ 1;
    replace(target, turned);
    const cases: readonly [FirmwareTarget, RegExp][] = [
      [target, /another hash than was announced/],
      [serve(archiveOf(undefined, { version: '2.0.1' })), /it is 2\.0\.1, announced as 2\.0\.0/],
      [serve(archiveOf(undefined, { nodeAbi: '1' })), /for Node\.js ABI 1, this is/],
      [serve(archiveOf(undefined, { schemas: { ...schemas, journal: 99 } })), /its journal has schema 99/],
      [serve(Buffer.from('no archive at all')), /the archive is damaged/],
      [{ ...serve(archiveOf(undefined, { version: '9' }), '9'), arch: 'other' }, /it is for linux other/],
      [announce(Buffer.from('never there'), '3.0.0'), /status 404/],
    ];
    for (const [offered, why] of cases) {
      await make().follow({ targets: [offered] });
      const last = news.at(-1);
      assert.is(last?.kind, 'refused');
      assert.match(last !== undefined && 'why' in last ? last.why : '', why);
      assert.is(readSlot(join(directory, 'a')), undefined);
    }
    await make().follow({ targets: [], problem: 'firmware: another key' });
    assert.match(JSON.stringify(news.at(-1)), /another key/);
  });

  test('what was refused is not fetched in every round, but once more after some hours', async context => {
    const { news, urls, make, serve, wait } = follow(context);
    const target = serve(archiveOf(undefined, { nodeAbi: '1' }));
    const follower = make();
    for (let round = 0; round < 5; round++) await follower.follow({ targets: [target] });
    assert.equal([urls.length, news.length], [1, 1]);
    wait(7 * 3_600_000);
    await follower.follow({ targets: [target] });
    await follower.follow({ targets: [{ ...target, attempt: 2 }] });
    assert.equal([urls.length, news.length], [3, 1]);
  });

  test('where there is no room nothing is fetched', async context => {
    const { news, urls, make, serve } = follow(context);
    await make().follow({ targets: [{ ...serve(archiveOf()), length: 2 ** 60 }] });
    assert.match(JSON.stringify(news), /delayed.*no room/);
    assert.equal(urls, []);
  });

  test('a folder that cannot be written is told, and tried again', async context => {
    const { directory, news, make, serve } = follow(context);
    writeFileSync(join(directory, 'a'), 'in the way');
    const follower = make();
    const target = serve(archiveOf());
    await follower.follow({ targets: [target] });
    assert.is(news.at(-1)?.kind, 'delayed');
    rmSync(join(directory, 'a'));
    await follower.follow({ targets: [target] });
    assert.is(news.at(-1)?.kind, 'staged');
  });
});
