/**
 * TLS where the system's clock and the believed time differ: the dates of a certificate are judged by the believed time, and
 * nothing else is judged any softer. The servers are real, and so are the certificates.
 */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as assert from 'uvu/assert';
import { suite, type TestContext } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { type Issued, issue, type Request } from './certificates.ts';
import type { Fetch, Fetched } from './tls-child.ts';

const dayMs = 86_400_000;
const child = fileURLToPath(new URL('./tls-child.js', import.meta.url));

const authority = ['basicConstraints = critical, CA:TRUE', 'keyUsage = critical, keyCertSign, cRLSign'];
const site = (...more: readonly string[]) => [
  'basicConstraints = CA:FALSE',
  'subjectAltName = DNS:localhost',
  'keyUsage = critical, digitalSignature',
  ...more,
];

/** One root that is trusted, and what stands under it. Dates are in days from now. */
function makeAuthorities({ after }: TestContext) {
  const directory = temporaryDirectory({ after });
  const now = Date.now();
  type Wanted = Omit<Request, 'from' | 'to'> & { readonly days: readonly [from: number, to: number] };
  const make = ({ days: [from, to], ...request }: Wanted) =>
    issue(directory, { ...request, from: now + from * dayMs, to: now + to * dayMs });
  const root = make({ name: 'root', days: [-400, 4000], extensions: authority });
  return { directory, make, root };
}

suite('tls by the believed time', test => {
  const shared = test.shared(makeAuthorities);

  /** @param chain as the server sends it, its own certificate first */
  async function serve({ after }: TestContext, key: string, ...chain: readonly string[]): Promise<string> {
    // The server's own OpenSSL is to send whatever it is given.
    const ciphers = 'DEFAULT@SECLEVEL=0';
    const server = createServer({ key, cert: chain.join(''), ciphers }, (_, answer) =>
      answer.setHeader('connection', 'close').end('the feed'),
    );
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    after(() => {
      server.closeAllConnections();
      server.close();
    });
    return `https://localhost:${(server.address() as AddressInfo).port}/`;
  }

  const serveIssued = (context: TestContext, { key, certificate }: Issued, ...issuers: readonly Issued[]) =>
    serve(context, key, certificate, ...issuers.map(issuer => issuer.certificate));

  async function fetchAll(fetches: readonly Fetch[], env: NodeJS.ProcessEnv = {}): Promise<Fetched[]> {
    const trusting = { ...process.env, NODE_EXTRA_CA_CERTS: shared().root.certificateFile, ...env };
    const { stdout } = await promisify(execFile)(process.execPath, [child, JSON.stringify(fetches)], {
      env: trusting,
    });
    return JSON.parse(stdout);
  }

  const aheadMs = 100 * dayMs;
  const behindMs = -100 * dayMs;
  const later = [90, 120] as const;

  test.needing(
    'openssl',
    'good at the believed time: reached, also through an intermediate',
    async context => {
      const { make, root } = shared();
      const direct = make({ name: 'direct', issuer: root, days: later, extensions: site() });
      const between = make({ name: 'between', issuer: root, days: later, extensions: authority });
      const under = make({ name: 'under', issuer: between, days: later, extensions: site() });
      const over = make({ name: 'over', issuer: root, days: [-120, -90], extensions: site() });
      const today = make({ name: 'today', issuer: root, days: [-1, 1], extensions: site() });
      const [directly, through, past, usual] = [
        await serveIssued(context, direct),
        await serveIssued(context, under, between),
        await serveIssued(context, over),
        await serveIssued(context, today),
      ];
      const outcomes = await fetchAll([
        { url: directly, aheadMs },
        { url: through, aheadMs },
        { url: past, aheadMs: behindMs },
        { url: usual, aheadMs: 0 },
        { url: directly, aheadMs: 0 },
        { url: past, aheadMs: 0 },
        { url: usual, aheadMs },
      ]);
      assert.equal(
        outcomes.slice(0, 4),
        outcomes.slice(0, 4).map(() => ['fetched', 'the feed']),
      );
      const [early, expired, noLonger] = outcomes.slice(4);
      assert.is(early?.[0], 'protocol');
      assert.match(String(early?.[1]), /localhost is not yet valid: .*: the clock is wrong$/);
      for (const refused of [expired, noLonger]) {
        assert.is(refused?.[0], 'protocol');
        assert.match(
          String(refused?.[1]),
          /localhost has expired: it was good until .*: one of the two is wrong$/,
        );
      }
    },
  );

  test.needing(
    'openssl',
    'sources that contradict each other: reached by the time of any, and nothing else is judged softer',
    async context => {
      const { make, root } = shared();
      const thief = make({ name: 'other-thief', days: [-400, 4000], extensions: authority });
      const certificate = (name: string, days: readonly [number, number], issuer = root) =>
        make({ name, issuer, days, extensions: site() });
      const overBetween = make({
        name: 'over-by-then',
        issuer: root,
        days: [-10, 50],
        extensions: authority,
      });
      const [ofLater, ofBefore, ofNow, ofNever, byThief, underOver] = [
        await serveIssued(context, certificate('of-later', later)),
        await serveIssued(context, certificate('of-before', [-120, -90])),
        await serveIssued(context, certificate('of-now', [-1, 1])),
        await serveIssued(context, certificate('of-never', [40, 50])),
        await serveIssued(context, certificate('by-thief', later, thief), thief),
        await serveIssued(context, certificate('under-over', later, overBetween), overBetween),
      ];
      const outcomes = await fetchAll([
        { url: ofLater, aheadMs: [0, aheadMs] },
        { url: ofBefore, aheadMs: [0, 0, behindMs] },
        { url: ofNow, aheadMs: [aheadMs, aheadMs, 0] },
        { url: ofNow, aheadMs: [behindMs, 0, behindMs] },
        { url: ofNever, aheadMs: [0, aheadMs, behindMs] },
        { url: byThief, aheadMs: [0, aheadMs] },
        { url: underOver, aheadMs: [0, aheadMs] },
      ]);
      assert.equal(outcomes.slice(0, 4), new Array(4).fill(['fetched', 'the feed']));
      const [never, ...untrusted] = outcomes.slice(4);
      assert.match(
        String(never?.[1]),
        /not yet valid: .* the clock says \S+, other sources \S+ and \S+: the clock is wrong$/,
      );
      for (const [kind, text] of untrusted) {
        assert.equal([kind, /not to be trusted/.test(text)], ['protocol', true], text);
      }
    },
  );

  test.needing('openssl', 'each new connection to a server is judged as the first one was', async context => {
    const { make, root } = shared();
    const usual = make({ name: 'again', issuer: root, days: [-1, 1], extensions: site() });
    const url = await serveIssued(context, usual);
    const outcomes = await fetchAll([{ url, aheadMs: 0, times: 3 }]);
    assert.equal(outcomes, new Array(3).fill(['fetched', 'the feed']));
  });

  test.needing('openssl', 'whatever else is wrong with a certificate is refused as ever', async context => {
    const { make, root } = shared();
    const thief = make({ name: 'thief', days: [-400, 4000], extensions: authority });
    const namesake = make({
      name: 'namesake',
      commonName: 'root',
      days: [-400, 4000],
      extensions: authority,
    });
    const between = make({ name: 'unsent', issuer: root, days: later, extensions: authority });
    const noAuthority = make({ name: 'no-authority', issuer: root, days: later, extensions: site() });
    const noSigner = make({
      name: 'no-signer',
      issuer: root,
      days: later,
      extensions: ['basicConstraints = critical, CA:TRUE', 'keyUsage = critical, digitalSignature'],
    });
    const last = make({
      name: 'last',
      issuer: root,
      days: later,
      extensions: ['basicConstraints = critical, CA:TRUE, pathlen:0', 'keyUsage = critical, keyCertSign'],
    });
    const afterLast = make({ name: 'after-last', issuer: last, days: later, extensions: authority });
    const elsewhere = make({
      name: 'elsewhere',
      issuer: root,
      days: later,
      extensions: [...authority, 'nameConstraints = critical, permitted;DNS:example.org'],
    });
    const forMail = make({
      name: 'for-mail',
      issuer: root,
      days: later,
      extensions: [...authority, 'extendedKeyUsage = emailProtection'],
    });
    const overBetween = make({ name: 'over-between', issuer: root, days: [-10, 50], extensions: authority });
    let count = 0;
    const leaf = (issuer: Issued | undefined, more: Partial<Request> = {}) =>
      make({ name: `leaf-${count++}`, ...(issuer && { issuer }), days: later, extensions: site(), ...more });
    const plain = leaf(root);
    const wrongName = { extensions: ['subjectAltName = DNS:feed.example.org, IP:127.0.0.1'] };
    const attacks: readonly (readonly [what: string, url: string])[] = [
      ['signs itself', await serveIssued(context, leaf(undefined))],
      ['under a root that nobody knows', await serveIssued(context, leaf(thief), thief)],
      ['under a root of the same name', await serveIssued(context, leaf(namesake), namesake)],
      ['the same, which is not sent', await serveIssued(context, leaf(namesake), root)],
      ['another name', await serveIssued(context, leaf(root, wrongName))],
      ['its issuer is not sent', await serveIssued(context, leaf(between))],
      [
        'under a certificate that is no authority',
        await serveIssued(context, leaf(noAuthority), noAuthority),
      ],
      ['under an authority that may not sign', await serveIssued(context, leaf(noSigner), noSigner)],
      ['deeper than allowed', await serveIssued(context, leaf(afterLast), afterLast, last)],
      ['not among the names of its authority', await serveIssued(context, leaf(elsewhere), elsewhere)],
      ['under an authority for mail', await serveIssued(context, leaf(forMail), forMail)],
      ['under an authority that has expired', await serveIssued(context, leaf(overBetween), overBetween)],
      [
        'for clients',
        await serveIssued(context, leaf(root, { extensions: site('extendedKeyUsage = clientAuth') })),
      ],
      [
        'for agreeing on keys and signing certificates only',
        await serveIssued(
          context,
          leaf(root, { extensions: ['subjectAltName = DNS:localhost', 'keyUsage = critical, cRLSign'] }),
        ),
      ],
      [
        'with something critical that nobody understands',
        await serveIssued(
          context,
          leaf(root, { extensions: site('1.2.3.4 = critical, ASN1:UTF8String:new') }),
        ),
      ],
      ['with a weak key', await serveIssued(context, leaf(root, { rsaBits: 1024 }))],
      ['signed over a weak digest', await serveIssued(context, leaf(root, { digest: 'sha1' }))],
      [
        'with a date that is not reached',
        await serveIssued(context, make({ name: 'far', issuer: root, days: [150, 200], extensions: site() })),
      ],
    ];
    const outcomes = await fetchAll(attacks.map(([, url]) => ({ url, aheadMs })));
    for (const [i, [what]] of attacks.entries()) {
      assert.is(outcomes[i]?.[0], 'protocol', `${what}: ${outcomes[i]?.[1]}`);
      assert.match(String(outcomes[i]?.[1]), /the certificate of localhost is not/, what);
    }
    const control = await fetchAll([{ url: await serveIssued(context, plain), aheadMs }]);
    assert.equal(control, [['fetched', 'the feed']]);
  });

  test.needing('openssl', 'what the machine trusts and Node does not is not trusted', async context => {
    const { make, directory } = shared();
    const machine = make({ name: 'machine', days: [-400, 4000], extensions: authority });
    const leaf = make({ name: 'by-machine', issuer: machine, days: later, extensions: site() });
    const folder = join(directory, 'machine-folder');
    mkdirSync(folder);
    const env = { SSL_CERT_FILE: machine.certificateFile, SSL_CERT_DIR: folder };
    const url = await serveIssued(context, leaf, machine);
    const [[kind, text] = []] = await fetchAll([{ url, aheadMs }], env);
    assert.equal([kind, /not to be trusted/.test(String(text))], ['protocol', true], text);
    // Here it is the other way round: Node trusts what openssl would have to be told of.
    const own = make({ name: 'own', issuer: shared().root, days: later, extensions: site() });
    const underRoot = await serveIssued(context, own);
    const [[refused, why] = []] = await fetchAll([{ url: underRoot, aheadMs }], {
      NODE_OPTIONS: '--use-openssl-ca',
    });
    assert.equal([refused, /--use-openssl-ca/.test(String(why))], ['protocol', true], why);
  });

  test.needing(
    'openssl',
    'without the program openssl nothing is believed, and the package is named',
    async context => {
      const { make, root, directory } = shared();
      const leaf = make({ name: 'no-program', issuer: root, days: later, extensions: site() });
      const [[kind, text] = []] = await fetchAll([{ url: await serveIssued(context, leaf), aheadMs }], {
        PATH: join(directory, 'nothing'),
      });
      assert.is(kind, 'protocol');
      assert.match(String(text), /openssl is missing: install the package openssl/);
    },
  );
});
