/** Each step of the self-test fails for what it is about, and says what; the whole validator passes in firmware/maintenance. */
import { createServer } from 'node:net';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createSelftest } from '../../../device/maintenance/selftest.ts';
import { type StepParts, stepsOf } from '../../../device/maintenance/steps.ts';
import { suite, type TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { part } from '../console/maintained.ts';

const whole = { rows: 3, first: 1, last: 3, sealed: 3, missing: [], problems: [] };

function works(context: TestContext, changes: object = {}): StepParts {
  return {
    file: join(temporaryDirectory(context), 'journal.sqlite'),
    journal: { current: () => ({ lastSeq: 3, warning: undefined }) },
    clerk: { verify: async () => whole },
    links: {
      tokenOf: () => new Uint8Array(8),
      find: () => ({ found: false, denied: false, linksAsOf: 1 }),
      verify: async () => ({ generation: 'links-1-1.sqlite' }),
    },
    parts: { list: () => [part('journal', 'journal'), part('card-reader', 'card')] },
    time: { state: () => ({ plausible: true, source: 'system' }) },
    feed: { state: () => ({ lastSuccess: { version: 7 } }) },
    uplink: { state: () => ({ answeredAt: 1, progress: { acknowledged: 2 } }) },
    farEnds: [],
    ...changes,
  } as unknown as StepParts;
}

/** @returns by step, what it came to */
async function results(context: TestContext, about: StepParts): Promise<Record<string, string>> {
  const log = { info() {}, error() {}, warn() {} };
  const file = join(temporaryDirectory(context), 'record');
  const selftest = createSelftest({ file, version: '1', steps: () => stepsOf(about), clock: () => 0, log });
  const { steps } = await selftest.run('technician', new AbortController().signal);
  return Object.fromEntries(steps.map(({ name, result, detail }) => [name, `${result}: ${detail}`]));
}

suite('steps of the self-test', test => {
  test('a validator that works passes each', async context => {
    const found = await results(context, works(context));
    for (const [name, text] of Object.entries(found))
      assert.match(text, /^(pass|not-there): ./, `${name} ${text}`);
    assert.match(found.storage ?? '', /^pass: written, synced and read/);
    assert.is(found.feed, 'pass: version 7');
  });

  test('what is wrong fails its own step and no other', async context => {
    const none = { found: false, denied: false, linksAsOf: 1 };
    const links = { tokenOf: () => new Uint8Array(8), find: () => none, verify: async () => undefined };
    const cases: readonly (readonly [string, object, RegExp])[] = [
      ['storage', { file: join(temporaryDirectory(context), 'no/such/place/journal') }, /ENOENT/],
      ['journal', { journal: { current: () => undefined } }, /takes no rows/],
      ['journal', { journal: { current: () => ({ warning: 'nearly full', lastSeq: 1 }) } }, /nearly full/],
      [
        'journal rows',
        { clerk: { verify: async () => ({ ...whole, missing: [{ first: 4, last: 9 }] }) } },
        /rows 4 to 9 are missing/,
      ],
      [
        'journal rows',
        { clerk: { verify: async () => ({ ...whole, problems: ['row 2 cannot be read'] }) } },
        /row 2/,
      ],
      [
        'link look-up',
        { links: { ...links, find: () => ({ unavailable: 'no link cache' }) } },
        /no link cache/,
      ],
      [
        'link cache',
        { links: { ...links, verify: async () => ({ generation: 'g', damage: 'a bit' }) } },
        /g: a bit/,
      ],
      [
        'card-reader card',
        { parts: { list: () => [part('card-reader', 'card', 'unplugged')] } },
        /unplugged/,
      ],
      ['clock', { time: { state: () => ({ plausible: false, problem: 'no source' }) } }, /no source/],
      ['feed', { feed: { state: () => ({ problem: { text: 'away', since: 0 } }) } }, /away/],
      ['uplink', { uplink: { state: () => ({ problem: { text: 'refused', since: 0 } }) } }, /refused/],
    ];
    for (const [step, changes, problem] of cases) {
      const found = await results(context, works(context, changes));
      const failed = Object.entries(found).filter(([, text]) => text.startsWith('fail'));
      // A place that is not there has no free space either.
      assert.equal(
        failed.map(([name]) => name).filter(name => name !== 'space'),
        [step],
        JSON.stringify(failed),
      );
      assert.match(found[step] ?? '', problem);
    }
  });

  test('far ends are reached, or not', async context => {
    const server = createServer(socket => socket.on('error', () => undefined));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    context.after(() => server.close());
    const { port } = server.address() as { port: number };
    const farEnds = [
      { what: 'feed', host: '127.0.0.1', port },
      { what: 'uplink', host: 'nowhere.invalid', port: 1 },
    ];
    const found = await results(context, works(context, { farEnds }));
    assert.match(found['reach feed'] ?? '', /^pass: 127.0.0.1/);
    assert.match(found['reach uplink'] ?? '', /^fail: /);
  });

  test('what is not configured is not there', async context => {
    const found = await results(context, works(context, { feed: undefined, uplink: undefined }));
    assert.equal([found.feed, found.uplink], ['not-there: not configured', 'not-there: not configured']);
  });
});
