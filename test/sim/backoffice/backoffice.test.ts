/** The back office as a whole, over HTTP: registered, withdrawn, red, and killed while all of that goes on. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import type { Medium } from '../../../sim/backoffice/store/store.ts';
import { openLinkStore } from '../../../sync/cache/link-store.ts';
import { createHttp } from '../../../sync/client/http.ts';
import { syncOnce } from '../../../sync/client/sync-once.ts';
import { openKeyRing } from '../../../sync/keys/key-ring.ts';
import { readKeysFile } from '../../../sync/keys/keys-file.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { runFeed } from '../../sync/commands/program.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { type Owner, owner, tableOf } from './small-office.ts';

const program = fileURLToPath(new URL('./office-process.js', import.meta.url));

interface Started {
  readonly url: string;
  readonly feedUrl: string;
  readonly root: string;
  readonly keys: string;
  /** As a power cut does. */
  kill(): Promise<void>;
}

async function start(context: TestContext, directory: string): Promise<Started> {
  const child = spawn(process.execPath, [program, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  context.after(() => void child.kill('SIGKILL'));
  const [line] = await once(child.stdout, 'data');
  return {
    ...JSON.parse(String(line)),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

function prepare(context: TestContext, owners: readonly Owner[]): string {
  const directory = temporaryDirectory(context);
  writeFileSync(join(directory, 'media.csv'), tableOf(owners));
  return directory;
}

async function send(url: string, body: unknown, method = 'POST'): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method, headers, body: JSON.stringify(body) });
  assert.is(answer.status, 200, `${url}: ${answer.status}`);
  return Object(await answer.json());
}

/** All steps of one passenger, each in a session of its own. */
function passenger({ url }: { url: string }, who: Owner, purpose: 'register' | 'manage') {
  const visitor = { session: `${purpose} ${who.phone} ${Math.random()}`, address: '10.0.0.1' };
  const drive = async (method: string, ...given: unknown[]) =>
    Object((await send(`${url}/drive/${method}`, [visitor, ...given])).result);
  async function enterCode(): Promise<void> {
    const request = { purpose, name: who.name, phone: who.phone, byProxy: false };
    assert.is((await drive('requestCode', request)).sent, true);
    const { messages } = Object(await (await fetch(`${url}/sim/sms/${who.phone}`)).json());
    const code = /验证码(\d{6})/.exec(messages[0].text)?.[1];
    assert.equal(await drive('verify', code), { verified: true });
  }
  return {
    async register() {
      await enterCode();
      return (await drive('consent', 'v1')).done === true;
    },
    async withdraw() {
      await enterCode();
      return (await drive('withdraw')).done === true;
    },
  };
}

/** What a validator says of media, having polled. */
function validator(context: TestContext, office: Started) {
  const directory = temporaryDirectory(context);
  const http = createHttp({ timeoutMs: 600_000 });
  context.after(() => http.close());
  const ring = openKeyRing(readKeysFile(office.keys), directory);
  return async (...media: readonly Medium[]): Promise<string[]> => {
    const keys = await ring;
    await syncOnce({ url: office.feedUrl, rootFile: office.root, keys, directory }, http);
    const store = openLinkStore(directory, keys, { changed: () => undefined, damaged: () => undefined });
    const links = media.map(({ kind, account }) => store.find(store.tokenOf(kind, account)));
    store.close();
    return links.map(link => {
      if ('unavailable' in link) return link.unavailable;
      return link.found ? link.status : 'not-found';
    });
  };
}

suite('back office', test => {
  test('registered: found and green; red: abnormal; withdrawn: not found', async context => {
    const [anna, ben] = [owner(1), owner(2)];
    const directory = prepare(context, [anna, ben]);
    const office = await start(context, directory);
    const says = validator(context, office);
    const [card, code] = [anna.media[0] as Medium, anna.media[1] as Medium];
    assert.equal(await says(card), ['not-found']);
    assert.is(await passenger(office, anna, 'register').register(), true);
    await until('found', async () => (await says(card))[0] === 'green');
    assert.equal(await says(code, ben.media[0] as Medium), ['green', 'not-found']);
    await send(
      `${office.url}/sim/health/medium`,
      { medium: card.kind, account: card.account, status: 'red' },
      'PUT',
    );
    await until('abnormal', async () => (await says(code))[0] === 'red');
    // As a technician looks.
    const cache = join(directory, 'cache');
    const synced = await runFeed(
      '.',
      'sync',
      '--from',
      office.feedUrl,
      '--root',
      office.root,
      '--keys',
      office.keys,
      '--cache',
      cache,
    );
    assert.is(synced.json?.links, 2);
    const medium = ['--medium', card.kind, '--account', card.account];
    const looked = await runFeed('.', 'lookup', '--cache', cache, '--keys', office.keys, ...medium);
    assert.equal([looked.json?.linked, looked.json?.status], [true, 'red']);
    assert.is(await passenger(office, anna, 'manage').withdraw(), true);
    await until('gone', async () => (await says(card))[0] === 'not-found');
    assert.equal(await says(code), ['not-found']);
  });

  test('killed again and again: nothing that was answered "done" is lost, nothing withdrawn comes back', async context => {
    const owners = Array.from({ length: 400 }, (_, i) => owner(i));
    const directory = prepare(context, owners);
    const state = new Map<Owner, 'registered' | 'withdrawn' | 'open'>();
    const waiting = [...owners];
    const count = (what: string) => [...state.values()].filter(is => is === what).length;
    let office = await start(context, directory);
    for (let round = 0; round < 4; round++) {
      const here = office;
      const visitors = Array.from({ length: 8 }, async () => {
        for (let who = waiting.pop(); who !== undefined; who = waiting.pop()) {
          state.set(who, 'open');
          if (await passenger(here, who, 'register').register()) state.set(who, 'registered');
          if (waiting.length % 3 > 0) continue;
          state.set(who, 'open');
          if (await passenger(here, who, 'manage').withdraw()) state.set(who, 'withdrawn');
        }
      });
      const visits = Promise.allSettled(visitors);
      await until(
        'some have been answered',
        () => count('registered') > 3 * round && count('withdrawn') > round,
      );
      await here.kill();
      await visits;
      office = await start(context, directory);
    }
    const answered = [...state].filter(([, is]) => is !== 'open');
    assert.ok(answered.length > 10, `${answered.length} answered`);
    assert.ok(answered.some(([, is]) => is === 'withdrawn'));
    await send(`${office.url}/sim/publish`, {});
    const says = validator(context, office);
    for (const [i, link] of (await says(...answered.flatMap(([who]) => who.media))).entries()) {
      const [who, is] = answered[Math.floor(i / 2)] ?? [];
      assert.is(link === 'not-found', is === 'withdrawn', who?.phone);
    }
    const counts = Object(await (await fetch(`${office.url}/sim/counts`)).json());
    const registered = answered.filter(([, is]) => is === 'registered').length;
    const open = state.size - answered.length;
    assert.ok(counts.persons >= registered && counts.persons <= registered + open);
    assert.is(counts.unpublished, 0);
  });
});
