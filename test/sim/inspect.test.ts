import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { concatBytes, toHex } from '../../device/core/bytes.ts';
import { WrongUsage } from '../../device/kit/errors.ts';
import { instant } from '../../device/kit/option-values.ts';
import { FileProblems } from '../../device/kit/yaml-file.ts';
import { inspectCard } from '../../sim/inspect/card.ts';
import { type InspectCodeOptions, inspectCode } from '../../sim/inspect/code.ts';
import { createAuthority } from '../../sim/media/authority.ts';
import { bankImage, bmacImage, mifareImage, tUnionImage } from '../../sim/media/card-images.ts';
import { foreignCodes } from '../../sim/media/foreign-codes.ts';
import { renderFrame } from '../../sim/media/frame.ts';
import { createPhone } from '../../sim/media/phone.ts';
import { writePng } from '../../sim/media/png.ts';
import { suite, type TestContext } from '../harness.ts';
import { temporaryDirectory } from '../temporary.ts';
import { runSim } from './run-sim.ts';

const at = '2022-06-10T08:00:00+08:00';
const now = Date.parse(at);

async function inspect(...words: string[]) {
  const { code, output, errors } = await runSim(['inspect', ...words]);
  return {
    status: code,
    stderr: errors,
    lines: output.split('\n').length - 1,
    json: output === '' ? undefined : JSON.parse(output),
  };
}

type Source = Pick<InspectCodeOptions, 'hex' | 'bin' | 'frame'>;

const authority = createAuthority();
const phone = createPhone({ issuer: authority.issue(), account: 'a0000000000000000001', validityS: 60 });

function files(context: TestContext) {
  const directory = temporaryDirectory(context);
  const file = (name: string, content: string | Uint8Array) => {
    const path = join(directory, name);
    writeFileSync(path, content);
    return path;
  };
  const trust = file('trust.json', JSON.stringify({ rootRecords: [toHex(authority.rootRecord)] }));
  return { file, trust };
}

suite('inspect code', test => {
  test('taken, from hex, from a file, from a picture: the same object', async context => {
    const { file, trust } = files(context);
    const code = phone.showCode({ at: now });
    const expected = {
      medium: 'ride-code',
      accepted: true,
      account: 'a0000000000000000001',
      paymentAccount: '0000000000000001',
      issuer: '01011000',
      generatedAt: '2022-06-10T00:00:00Z',
      expiresAt: '2022-06-10T00:01:00Z',
    };
    const picture = writePng(renderFrame([code], { rotationDeg: 12, noise: 4, blurPixels: 0.5 }));
    const sources = [
      ['--hex', toHex(code).toUpperCase()],
      ['--bin', file('code.bin', code)],
      ['--frame', file('code.png', picture)],
    ];
    for (const source of sources) {
      const result = await inspect('code', '--trust', trust, '--at', at, ...source);
      assert.equal(result.json, expected, source[0]);
      assert.is(result.status, 0);
      assert.is(result.lines, 1);
    }
  });

  test('refused: exit 1 and the reason', async context => {
    const { file, trust } = files(context);
    const code = phone.showCode({ at: now });
    const refused = async (source: Source, moment = now) => {
      const { accepted, result } = await inspectCode({ trust, at: moment, ...source });
      assert.not(accepted);
      return result;
    };
    const hex = (bytes: Uint8Array): Source => ({ hex: toHex(bytes) });
    const because = (reason: string) => ({ medium: 'ride-code', accepted: false, reason });
    const late = await inspect('code', '--trust', trust, '--hex', toHex(code));
    assert.equal([late.status, late.json], [1, because('authorisation-expired')]);
    assert.equal(await refused(hex(code), Date.parse('2022-06-10T00:01:01Z')), because('expired'));
    assert.equal(await refused(hex(code), Date.parse('2022-06-09T23:59:39Z')), because('not-yet-valid'));
    assert.equal(await refused(hex(code.subarray(1))), { ...because('unsupported'), format: 'unknown' });
    assert.equal(await refused(hex(code.subarray(0, 300))), because('malformed'));
    assert.equal(await refused(hex(new Uint8Array())), because('malformed'));
    assert.equal(await refused(hex(foreignCodes.alipay)), { ...because('unsupported'), format: 'alipay' });
    const long = file('long', concatBytes(code, new Uint8Array(1 << 20)));
    assert.equal(await refused({ bin: long }), because('malformed'));
    const empty = file('empty.png', writePng(renderFrame([])));
    assert.equal(await refused({ frame: empty }), because('no-code'));
    const other = phone.showCode({ at: now + 1000 });
    const two = file('two.png', writePng(renderFrame([code, other], { width: 1600, height: 800 })));
    assert.equal(await refused({ frame: two }), because('no-code'));
  });

  test('wrong usage: exit 2, nothing on stdout, what is wrong on stderr', async context => {
    const { file, trust } = files(context);
    const wrong = async (...words: string[]) => {
      const { status, json, stderr } = await inspect('code', ...words);
      assert.is(`${status} ${json}`, '2 undefined', words.join(' '));
      return stderr;
    };
    assert.match(await wrong('--hex', '81'), '--trust');
    assert.match(await wrong('--trust', trust), 'one of --hex');
    assert.match(await wrong('--trust', trust, '--at', 'yesterday', '--hex', '81'), '--at');
    assert.match(await wrong('--trust', '/nowhere/trust.json', '--hex', '81'), '/nowhere/trust.json');
    assert.match(
      await wrong('--trust', file('t.json', '{"rootRecords":["00"]}'), '--hex', '81'),
      'rootRecords[0]',
    );
    assert.match(await wrong('--trust', trust, '--hex', '81', '--bogus'), '--bogus');
    const days = ['2022-02-30', '2022-13-01', '2022-06-31T00:00:00Z', '2022-06-01T25:00:00Z'];
    for (const day of days) assert.throws(() => instant(day), /ISO 8601/);

    /** What the program says with exit code 2. */
    const problem = (source: Source & { readonly trust?: string }) =>
      inspectCode({ trust, at: now, ...source }).then(
        () => 'no problem',
        error => {
          assert.ok(error instanceof WrongUsage || error instanceof FileProblems, String(error));
          return error.message;
        },
      );
    assert.match(await problem({ hex: '81', bin: trust }), 'one of --hex');
    assert.match(await problem({ hex: '8' }), '--hex');
    assert.match(await problem({ hex: 'xy' }), '--hex');
    assert.match(await problem({ bin: '/nowhere/x' }), '/nowhere/x');
    assert.match(await problem({ frame: file('x.png', 'not a png') }), 'x.png');
    assert.match(await problem({ trust: file('u.json', '{}'), hex: '81' }), 'rootRecords');
  });

  test('a root record that is not genuine is not trusted, and said so', async context => {
    const { file } = files(context);
    const record = authority.rootRecord;
    const forged = file(
      'f.json',
      JSON.stringify({ rootRecords: [toHex(record.with(100, (record[100] ?? 0) ^ 1))] }),
    );
    const result = await inspect(
      'code',
      '--trust',
      forged,
      '--at',
      at,
      '--hex',
      toHex(phone.showCode({ at: now })),
    );
    assert.is(`${result.status} ${result.json.reason}`, '1 unknown-authority');
    assert.match(result.stderr, 'self-signature');
  });
});

suite('inspect card', test => {
  test('taken: both kinds, every field', async context => {
    const { file } = files(context);
    const image = (name: string, content: unknown) => file(name, JSON.stringify(content));
    const dates = { validFrom: '2020-01-01', validTo: '2030-12-31' };
    const load = { sequence: 1, amountFen: 5000, type: 'load', at: '2022-05-01T00:00:00.000Z' };
    const tUnion = tUnionImage({
      number: '3105100123456789012',
      kind: 'senior',
      balanceFen: 700,
      overdraftFen: 50,
      ...dates,
    });
    assert.equal(await inspect('card', image('t.json', tUnion), '--at', at), {
      status: 0,
      stderr: '',
      lines: 1,
      json: {
        medium: 't-union',
        accepted: true,
        number: '3105100123456789012',
        city: '1000',
        ...dates,
        balanceFen: 650,
        kind: 'senior',
        ride: null,
        log: [load],
      },
    });
    const bmac = bmacImage({ number: '1000751234567890', balanceFen: 12, ...dates });
    const old = {
      medium: 'bmac',
      accepted: true,
      number: '1000751234567890',
      city: '1000',
      ...dates,
      balanceFen: 12,
      kind: 'unknown',
      ride: null,
      log: [load],
    };
    assert.equal((await inspect('card', image('b.json', bmac), '--at', at)).json, old);
  });

  test('refused: exit 1 and the reason', async context => {
    const { file } = files(context);
    const image = (content: unknown) => file('card.json', JSON.stringify(content));
    const reason = (content: unknown) => {
      const { accepted, result } = inspectCard(image(content), now);
      assert.not(accepted);
      return result.reason;
    };
    const gate = await inspect('card', image(mifareImage()), '--at', at);
    assert.equal([gate.status, gate.json.reason], [1, 'unsupported']);
    assert.is(reason(bankImage()), 'unsupported');
    assert.is(reason(tUnionImage({ blacklisted: true, validTo: '2030-12-31' })), 'blacklisted');
    assert.is(reason(tUnionImage({ enabled: false, validTo: '2030-12-31' })), 'not-enabled');
    assert.is(reason(tUnionImage({ validFrom: '2022-07-01', validTo: '2030-12-31' })), 'not-yet-valid');
    assert.is(reason(bmacImage({ validTo: '2022-06-09' })), 'expired');
    const dual = { ...tUnionImage({ validTo: '2030-12-31' }), atr: mifareImage().atr };
    assert.is(inspectCard(image(dual), now).result.medium, 't-union');
    const damaged = tUnionImage();
    assert.is(
      reason({ ...damaged, applications: [{ aid: 'A000000632010105', files: { '15': '00' } }] }),
      'unreadable',
    );
  });

  test('wrong usage: exit 2', async context => {
    const { file } = files(context);
    for (const words of [[], ['/nowhere/card.json'], [file('x', '{')], [file('y', '{"atr":"zz"}')]]) {
      const { status, json, stderr } = await inspect('card', ...words);
      assert.is(`${status} ${json}`, '2 undefined');
      assert.is.not(stderr, '');
    }
  });
});
