/** What the package brings beside the firmware, as the programs see it that read it. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { controlOf, debianVersion } from '../../../device/install/control.ts';
import { isProgram } from '../../../drivers/wire/program.ts';
import { suite } from '../../harness.ts';
import type { Requirement } from '../../left-out.ts';
import { temporaryDirectory } from '../../temporary.ts';

const sources = fileURLToPath(new URL('../../../../device/install/debian/', import.meta.url));
const systemdAnalyze: Requirement = {
  what: 'systemd-analyze',
  packages: ['systemd'],
  met: () => isProgram('systemd-analyze'),
};
/** Of 10, as systemd-analyze adds it up; what is left is the network, the devices and V8's memory. */
const mostExposure = 2;

suite('the files of the package', test => {
  test.needing(systemdAnalyze, 'the service is confined', context => {
    const root = temporaryDirectory(context);
    const units = join(root, 'etc/systemd/system');
    mkdirSync(units, { recursive: true });
    cpSync(join(sources, 'fare-validator.service'), join(units, 'fare-validator.service'));
    const options = ['security', '--offline=yes', `--root=${root}`, '--no-pager', '--json=short'];
    const said = execFileSync('systemd-analyze', [...options, 'fare-validator.service'], {
      encoding: 'utf8',
    });
    const checks: { name: string; exposure: string | null; set: boolean | null }[] = JSON.parse(said);
    assert.ok(checks.length > 50, `${checks.length} checks`);
    const threshold = [
      ...options.filter(option => !option.startsWith('--json')),
      `--threshold=${mostExposure * 10}`,
    ];
    execFileSync('systemd-analyze', [...threshold, 'fare-validator.service'], { stdio: 'ignore' });
  });

  test('maintainer scripts and the command are shell', () => {
    for (const script of ['postinst', 'prerm', 'postrm', 'fare-validator.sh'])
      execFileSync('sh', ['-n', join(sources, script)]);
  });

  test('a version before a release comes before it', () => {
    assert.is(debianVersion('1.2.0'), '1.2.0');
    assert.is(debianVersion('1.2.0-rc.1'), '1.2.0~rc.1');
    assert.is(debianVersion('1.2.0-rc-1.2'), '1.2.0~rc-1.2');
  });

  test('the control file names libraries first', () => {
    const about = {
      version: '1.2.0',
      architecture: 'arm64',
      installedKib: 99_000,
      depends: 'libc6 (>= 2.34)',
    };
    const control = controlOf(about);
    assert.match(control, /^Version: 1\.2\.0$/m);
    assert.match(control, /^Architecture: arm64$/m);
    assert.match(control, /^Depends: libc6 \(>= 2\.34\), systemd/m);
  });
});
