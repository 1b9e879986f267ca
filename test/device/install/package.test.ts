/** The Debian package in a clean Debian under a real systemd: installed, run, upgraded, downgraded, removed and purged. */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { stringify } from 'yaml';
import { buildDeb } from '../../../device/install/deb.ts';
import { isProgram } from '../../../drivers/wire/program.ts';
import { loopbackReader } from '../../../sim/bus/card-slots.ts';
import { freePort } from '../../../sim/wires/free-port.ts';
import { insertCard } from '../../../sim/wires/vpcd-card.ts';
import { setUpBackOffice } from '../../delivered-cache.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import type { Requirement } from '../../left-out.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { createCrowd } from '../firmware/crowd.ts';
import { type CleanMachine, cleanMachine, startCleanMachine } from './clean-machine.ts';

const checkout = fileURLToPath(new URL('../../../../', import.meta.url));
const unit = 'fare-validator.service';
const settings = '/etc/fare-validator/settings.yaml';
const conffile = '/etc/default/fare-validator';
const state = '/var/lib/fare-validator';
const journal = `${state}/journal.sqlite`;
const limitMs = 1_800_000;

const build = (context: TestContext) =>
  buildDeb({ root: checkout, out: temporaryDirectory(context), compression: 'none' });

/** The same package under another version, with another conffile. */
function nextOf(deb: string, version: string, context: TestContext): string {
  const tree = join(temporaryDirectory(context), 'tree');
  execFileSync('dpkg-deb', ['--raw-extract', deb, tree]);
  const change = (file: string, edit: (text: string) => string) =>
    writeFileSync(join(tree, file), edit(readFileSync(join(tree, file), 'utf8')));
  change('DEBIAN/control', text => text.replace(/^Version: .*/m, `Version: ${version}`));
  change('usr/lib/fare-validator/package.json', text =>
    text.replace(/"version":"[^"]*"/, `"version":"${version}"`),
  );
  change(conffile, text => `${text}# of version ${version}\n`);
  const file = join(tree, `../${version}.deb`);
  execFileSync('dpkg-deb', ['--root-owner-group', '-Znone', '--build', tree, file], { stdio: 'ignore' });
  return file;
}

/** Settings of one card reader, with a delivered cache, and a card that may ride. */
async function setUp(machine: CleanMachine) {
  const delivered = `${state}/delivered`;
  const office = setUpBackOffice(machine.path(delivered), 'enforced', Date.now());
  const crowd = createCrowd(office.issuer);
  office.publish(crowd.links, 'fresh');
  const { links, fleetKeys, trust, policy } = office.files;
  const port = await freePort();
  const reader = loopbackReader(port);
  const all = {
    device: 'bus-1-front',
    line: '2',
    journal,
    links: { cache: links, fleetKeys },
    trust,
    policy,
  };
  const text = stringify({ ...all, cardReaders: [{ name: 'card', ...reader }] });
  machine.run('rm', settings);
  writeFileSync(machine.path(settings), text.replaceAll(machine.path(''), ''), { mode: 0o600 });
  machine.run('chown', '-R', 'fare-validator:', state, settings);
  return { port, card: crowd.tUnion('green') };
}

const property = (machine: CleanMachine, name: string) =>
  machine.run('systemctl', 'show', '--value', '--property', name, unit);

const unacknowledged = (machine: CleanMachine): number =>
  JSON.parse(machine.run('fare-validator', 'journal', 'unacknowledged', '--config', settings)).unacknowledged;

async function tap(machine: CleanMachine, { port, card }: Awaited<ReturnType<typeof setUp>>): Promise<void> {
  const before = unacknowledged(machine);
  const held = await until('a reader', () =>
    insertCard({ host: '127.0.0.1', port, card }).catch(() => undefined),
  );
  await until('the row', () => unacknowledged(machine) === before + 1);
  await held.remove();
}

const lintianToo: Requirement = {
  ...cleanMachine,
  what: 'lintian and TEST_INSTALL=1 in the environment (looks through the package)',
  packages: [...cleanMachine.packages, 'lintian'],
  met: () => cleanMachine.met() && isProgram('lintian'),
};

suite('the Debian package', test => {
  test.needing(
    lintianToo,
    'lintian finds nothing in it',
    async context => {
      const { file } = await build(context);
      const options = ['--allow-root', '--fail-on', 'error,warning'];
      // Only this one is not compressed: it is quicker made.
      const notHere = 'uses-no-compression-for-control-tarball,uses-no-compression-for-data-tarball';
      execFileSync('lintian', [...options, '--suppress-tags', notHere, file], { stdio: ['ignore', 2, 2] });
    },
    limitMs,
  );

  test.needing(
    cleanMachine,
    'made twice it has the same bytes',
    async context => {
      const [one, other] = [await build(context), await build(context)];
      assert.ok(readFileSync(one.file).equals(readFileSync(other.file)));
    },
    limitMs,
  );

  test.needing(
    cleanMachine,
    'installed, run, upgraded, downgraded, removed and purged',
    async context => {
      const machine = await startCleanMachine(context);
      const { run } = machine;
      const { file: first } = await build(context);
      const install = (deb: string) => {
        cpSync(deb, machine.path('/root/package.deb'));
        return run('dpkg', '--force-unsafe-io', '--force-confold', '--install', '/root/package.deb');
      };
      const version = () => run('fare-validator', '--version');
      const firstVersion = execFileSync('dpkg-deb', ['--field', first, 'Version'], {
        encoding: 'utf8',
      }).trim();

      // Installed: its user, its folders, enabled, and not started, for nobody has set it up.
      install(first);
      assert.is(version(), firstVersion);
      assert.match(run('id', '--groups', '--name', 'fare-validator'), /fare-validator .*dialout.*video/);
      assert.is(run('stat', '--format=%a %U', state), '700 fare-validator');
      assert.is(run('stat', '--format=%a %U', '/etc/fare-validator'), '750 fare-validator');
      assert.is(run('systemctl', 'is-enabled', unit), 'enabled');
      assert.is(property(machine, 'ActiveState'), 'inactive');
      assert.is(run('systemd-analyze', '--man=no', 'verify', unit), '');

      // What is no JavaScript finds its libraries.
      const natives = '/usr/lib/fare-validator/native/';
      const loadAll = `for (const file of require('fs').readdirSync('${natives}'))
        if (file.endsWith('.node')) console.log(typeof require('${natives}' + file));`;
      assert.match(run('/usr/lib/fare-validator/node', '--eval', loadAll), /^object(\nobject)+$/);

      // Run: systemd has heard that it is ready, it is nobody's root, and takes a tap.
      const passenger = await setUp(machine);
      run('systemctl', 'start', unit);
      assert.is(property(machine, 'ActiveState'), 'active');
      const status = run('cat', `/proc/${property(machine, 'MainPID')}/status`);
      const uid = run('id', '--user', 'fare-validator');
      assert.match(status, new RegExp(`Uid:\\s+${uid}\\s+${uid}\\s+${uid}\\s+${uid}`));
      assert.match(status, /NoNewPrivs:\s+1/);
      assert.match(status, /CapEff:\s+0+$/m);
      await tap(machine, passenger);
      assert.is(run('stat', '--format=%a %U', journal), '600 fare-validator');
      assert.match(
        run('journalctl', '--unit', unit, '--priority', 'warning', '--output', 'cat'),
        /journal-not-sealed/,
      );

      // A firmware that hangs is ended and started again.
      mkdirSync(machine.path(`/etc/systemd/system/${unit}.d`));
      writeFileSync(
        machine.path(`/etc/systemd/system/${unit}.d/watchdog.conf`),
        '[Service]\nWatchdogSec=6\nTimeoutAbortSec=1\n',
      );
      run('systemctl', 'daemon-reload');
      run('systemctl', 'restart', unit);
      run('systemctl', 'kill', '--kill-whom=main', '--signal=STOP', unit);
      await until(
        'it is started again',
        () => property(machine, 'NRestarts') === '1' && property(machine, 'ActiveState') === 'active',
      );
      assert.match(run('journalctl', '--unit', unit, '--output', 'cat'), /Watchdog timeout/);
      await tap(machine, passenger);

      // Upgraded: it runs as the new version; settings, journal and what was changed in the conffile stay.
      writeFileSync(machine.path(conffile), '# changed here\n');
      install(nextOf(first, '99.0.0', context));
      assert.is(version(), '99.0.0');
      assert.is(property(machine, 'ActiveState'), 'active');
      assert.match(
        run('journalctl', '--unit', unit, '--output', 'cat'),
        /"event":"start","version":"99.0.0"|"version":"99.0.0"/,
      );
      assert.is(readFileSync(machine.path(conffile), 'utf8'), '# changed here\n');
      assert.is(unacknowledged(machine), 2);
      await tap(machine, passenger);

      // Downgraded.
      install(first);
      assert.is(version(), firstVersion);
      assert.is(unacknowledged(machine), 3);
      await tap(machine, passenger);

      // Removed: it has stopped, and what it knew is there.
      run('dpkg', '--remove', 'fare-validator');
      assert.is(run('find', '/proc', '-maxdepth', '1', '-user', 'fare-validator'), '');
      for (const file of [journal, settings, conffile, `${state}/delivered`])
        assert.ok(existsSync(machine.path(file)), file);

      // Purged: only rides that nobody else has are left, and where they are is said.
      const said = run('dpkg', '--purge', 'fare-validator');
      assert.match(said, /not acknowledged/);
      assert.match(said, new RegExp(journal));
      assert.ok(statSync(machine.path(journal)).size > 0);
      for (const file of [settings, conffile, `${state}/delivered`, `${journal}-key`])
        assert.not(existsSync(machine.path(file)), file);

      // Where the back office has all of them, nothing is left.
      install(first);
      await setUp(machine);
      writeFileSync(
        machine.path(`${journal}-uplink`),
        JSON.stringify({
          device: 'bus-1-front',
          connection: 1,
          epoch: epochOf(machine),
          acknowledged: 4,
          refused: { rows: 0, last: 0, newest: [] },
        }),
      );
      chmodSync(machine.path(`${journal}-uplink`), 0o600);
      run('chown', 'fare-validator:', `${journal}-uplink`);
      assert.is(unacknowledged(machine), 0);
      assert.not.match(run('dpkg', '--purge', 'fare-validator'), /not acknowledged/);
      assert.not(existsSync(machine.path(state)));
    },
    limitMs,
  );
});

function epochOf(machine: CleanMachine): number {
  const out = '/tmp/exported.sqlite';
  return JSON.parse(machine.run('fare-validator', 'journal', 'export', out, '--config', settings)).epoch;
}
