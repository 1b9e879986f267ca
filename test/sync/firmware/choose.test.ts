import * as assert from 'uvu/assert';
import { beginTrial, factoryRecord, giveUp } from '../../../device/update/boot-record.ts';
import { foreignTo, schemas } from '../../../device/update/slot.ts';
import type { FirmwareTarget } from '../../../sync/feed/firmware-target.ts';
import { chooseFirmware } from '../../../sync/firmware/choose.ts';
import { trial } from '../../device/update/slots.ts';
import { suite } from '../../harness.ts';

const here = { platform: process.platform, arch: process.arch, nodeAbi: process.versions.modules };
const member = { device: 'bus-1-front', line: '2', bus: '12345' };
const factory = { slot: 'factory' as const, version: '1.0.0', content: undefined };

function target(ring: string, version: string, more: Partial<FirmwareTarget> = {}): FirmwareTarget {
  const sha256 = Buffer.from(ring + version)
    .toString('hex')
    .padEnd(64, '0')
    .slice(0, 64);
  return { ring, version, attempt: 1, ...here, schemas, name: 'firmware-x', sha256, length: 1, ...more };
}

const versionOf = (targets: FirmwareTarget[], running = factory, record = factoryRecord) => {
  const wanted = chooseFirmware(targets, member, running, record);
  return wanted.kind === 'this' ? wanted.target.version : wanted.kind;
};

suite('which firmware', test => {
  test('the narrowest ring that the validator is in', () => {
    const rings = ['all', 'line:2', 'bus:12345', 'device:bus-1-front'];
    const targets = rings.map((ring, i) => target(ring, `2.${i}.0`));
    for (let count = 1; count <= 4; count++) {
      assert.is(versionOf(targets.slice(0, count)), `2.${count - 1}.0`);
      assert.is(versionOf(targets.slice(0, count).toReversed()), `2.${count - 1}.0`);
    }
    const others = ['line:22', 'line:20', 'bus:1', 'device:bus-1-rear', 'device:bus-1'];
    assert.is(versionOf(others.map(ring => target(ring, '3.0.0'))), 'nothing');
  });

  test('what runs already is not fetched; a lower version that is signed is', () => {
    assert.is(versionOf([target('all', '1.0.0')]), 'nothing');
    assert.is(versionOf([target('all', '0.9.0')]), '0.9.0');
    const { sha256 } = target('all', '2.0.0');
    const content = { version: '2.0.0', sha256, entry: 'x' };
    const running = { slot: 'a' as const, version: '2.0.0', content };
    assert.is(chooseFirmware([target('all', '2.0.0')], member, running, factoryRecord).kind, 'nothing');
    const rebuilt = target('all', '2.0.0', { sha256: 'f'.repeat(64) });
    assert.is(chooseFirmware([rebuilt], member, running, factoryRecord).kind, 'this');
  });

  test('what was given up is not fetched again, unless it is published again', () => {
    const bad = target('all', '2.0.0');
    const record = giveUp(beginTrial(factoryRecord, { ...trial, sha256: bad.sha256 }), 'bad', 1);
    assert.is(versionOf([bad], factory, record), 'nothing');
    assert.is(versionOf([{ ...bad, attempt: 2 }], factory, record), '2.0.0');
  });

  test('of several machines’ archives that for this one; none is refused with words', () => {
    const other = target('all', '2.0.0', { arch: 'other' });
    assert.is(versionOf([other, target('all', '2.0.1')]), '2.0.1');
    const wanted = chooseFirmware([other], member, factory, factoryRecord);
    assert.match('why' in wanted ? wanted.why : '', /it is for linux other, this is linux/);
    assert.is(versionOf([target('line:2', '2.0.0', { arch: 'other' }), target('all', '3.0.0')]), 'refused');
  });

  test('wrong machines, and schemas that are more than one version away', () => {
    const fits = { ...here, schemas };
    assert.is(foreignTo(fits), undefined);
    assert.match(foreignTo({ ...fits, nodeAbi: '93' }) ?? '', /Node\.js ABI 93, this is/);
    assert.match(foreignTo({ ...fits, platform: 'win32' }) ?? '', /for win32/);
    for (const [name, ours] of Object.entries(schemas)) {
      for (const near of [ours - 1, ours + 1])
        assert.is(foreignTo({ ...fits, schemas: { ...schemas, [name]: near } }), undefined);
      for (const far of [ours - 2, ours + 2])
        assert.match(
          foreignTo({ ...fits, schemas: { ...schemas, [name]: far } }) ?? '',
          new RegExp(`its ${name} has schema ${far}, this one ${ours}: more than one apart`),
        );
      const without = Object.fromEntries(Object.entries(schemas).filter(([each]) => each !== name));
      assert.match(foreignTo({ ...fits, schemas: without }) ?? '', /does not say which schema/);
    }
  });
});
