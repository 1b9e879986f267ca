/** Bundles and requests as bytes: what they hold comes out again, and nothing that was changed does. */
import { randomBytes } from 'node:crypto';
import * as assert from 'uvu/assert';
import { Refused } from '../../../device/kit/errors.ts';
import {
  authorityFingerprint,
  maxBundleBytes,
  openBundle,
  readHead,
  sealBundle,
} from '../../../sync/bundle/bundle.ts';
import { isFingerprint } from '../../../sync/bundle/fingerprint.ts';
import { maxRequestBytes, readRequest, requestText } from '../../../sync/bundle/request.ts';
import { newPrivateKey, publicKeyOf } from '../../../sync/keys/device-key.ts';
import { newSeed, publicHalfOf } from '../../../sync/uplink/ed25519.ts';
import { suite, telling } from '../../harness.ts';
import { badExamples, goodExample } from './examples.ts';

async function refusalOf(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
  throw new Error('it was taken');
}

const keyOf = (privateKey: Uint8Array) => ({
  publicKey: publicKeyOf(privateKey),
  take: () => Promise.resolve(privateKey),
});

function newOffice() {
  const [authoritySeed, privateKey] = [newSeed(), newPrivateKey()];
  const sealing = { authoritySeed, publicKey: publicKeyOf(privateKey), number: 1 };
  return { sealing, authority: publicHalfOf(authoritySeed), key: keyOf(privateKey) };
}

const files = { 'settings.yaml': 'device: a\n', 'trust.json': '{"rootRecords":[]}' };
const content = { device: 'a', issuedAt: '2026-12-01T05:00:00Z', files };

suite('bundle', test => {
  test('the good example of the page opens', async () => {
    const {
      authority,
      authorityFingerprint: words,
      devicePrivateKey,
      bundle,
      number,
      content,
    } = goodExample();
    assert.equal(await openBundle(bundle, authority, keyOf(devicePrivateKey)), content);
    assert.is(readHead(bundle).number, number);
    assert.is(authorityFingerprint(authority), words);
  });

  test('each bad example is refused with its words', async () => {
    const { authority, devicePrivateKey } = goodExample();
    const examples = badExamples();
    assert.ok(examples.length >= 12);
    for (const { what, refused, bundle } of examples)
      await telling(what, async () =>
        assert.match(await refusalOf(() => openBundle(bundle, authority, keyOf(devicePrivateKey))), refused),
      );
  });

  test('cut off anywhere, or with any byte changed, nothing opens', async () => {
    const { sealing, authority, key } = newOffice();
    const bundle = await sealBundle(content, sealing);
    assert.equal(await openBundle(bundle, authority, key), content);
    for (let length = 0; length < bundle.length; length++)
      assert.match(
        await refusalOf(() => openBundle(bundle.subarray(0, length), authority, key)),
        /cut off|no bundle/,
      );
    for (let at = 0; at < bundle.length; at++) {
      const changed = Buffer.from(bundle);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      assert.ok(await refusalOf(() => openBundle(changed, authority, key)));
    }
  });

  test('what is too large is neither made nor read; noise is no bundle', async () => {
    const { sealing, authority, key } = newOffice();
    const large = {
      ...content,
      files: { ...files, 'policy.yaml': 'x'.repeat(512 << 10), 'root.json': 'x'.repeat(512 << 10) },
    };
    assert.match(await refusalOf(() => sealBundle(large, sealing)), /a bundle has at most 1048576/);
    assert.match(
      await refusalOf(() => openBundle(Buffer.alloc(maxBundleBytes + 1), authority, key)),
      /at most/,
    );
    assert.match(await refusalOf(() => openBundle(randomBytes(5000), authority, key)), /no bundle/);
    assert.match(await refusalOf(() => openBundle(Buffer.alloc(0), authority, key)), /cut off|no bundle/);
  });
});

suite('bundle request', test => {
  const parts = {
    device: 'bus-1-front',
    publicKey: publicKeyOf(newPrivateKey()),
    signingSeed: newSeed(),
    settings: 'line: "2"\n',
  };

  test('says whose it is; its fingerprint is read in any spelling, and is the keys’ alone', () => {
    const request = readRequest(Buffer.from(requestText(parts)));
    assert.equal([request.device, request.settings], [parts.device, parts.settings]);
    assert.match(request.fingerprint, /^([0-9a-f]{4}-){4}[0-9a-f]{4}$/);
    assert.ok(isFingerprint(request.fingerprint.toUpperCase().replaceAll('-', ' '), request.fingerprint));
    assert.not.ok(isFingerprint('', request.fingerprint));
    const { fingerprint } = readRequest(Buffer.from(requestText({ ...parts, settings: undefined })));
    assert.is(fingerprint, request.fingerprint);
    const others = [
      { ...parts, device: 'bus-1-rear' },
      { ...parts, signingSeed: newSeed() },
      { ...parts, publicKey: publicKeyOf(newPrivateKey()) },
    ];
    for (const other of others)
      assert.is.not(readRequest(Buffer.from(requestText(other))).fingerprint, fingerprint);
  });

  test('changed, or none, or too long: refused', async () => {
    const said = JSON.parse(requestText(parts));
    const refused = (change: object) =>
      refusalOf(() => readRequest(Buffer.from(JSON.stringify({ ...said, ...change }))));
    assert.match(await refused({ settings: 'line: "3"\n' }), /was changed/);
    assert.match(await refused({ device: 'other' }), /was changed/);
    assert.match(await refused({ publicKey: '0'.repeat(64) }), /was changed/);
    assert.match(await refused({ device: '../other' }), /no request of a validator: device/);
    assert.match(await refused({ more: 1 }), /no request of a validator/);
    assert.match(await refused({ signature: 'a' }), /signature/);
    assert.match(await refusalOf(() => readRequest(Buffer.from('{'))), /not JSON: line 1/);
    assert.match(await refusalOf(() => readRequest(randomBytes(99))), /no request of a validator/);
    assert.match(await refusalOf(() => readRequest(Buffer.alloc(maxRequestBytes + 1))), /at most/);
  });
});
