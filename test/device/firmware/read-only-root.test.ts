/** All file systems read-only but one folder, as an image in flash with one writable partition; the link cache was delivered with the image. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { stringify } from 'yaml';
import { loopbackReader } from '../../../sim/bus/card-slots.ts';
import { freePort } from '../../../sim/wires/free-port.ts';
import { insertCard } from '../../../sim/wires/vpcd-card.ts';
import { setUpBackOffice } from '../../delivered-cache.ts';
import { suite, until } from '../../harness.ts';
import { countJournalRows } from '../../journal-rows.ts';
import { smallDisk } from '../../small-disk.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { createCrowd } from './crowd.ts';

const firmware = fileURLToPath(new URL('../../../device/main.js', import.meta.url));

/** Says what it could write, and becomes the firmware. */
const readOnly = `
set -eu
mount --make-rprivate /
mount --bind "$1" "$1"
while read -r _ place type _; do
  case $type in proc | sysfs | cgroup* | devtmpfs | devpts | mqueue) continue ;; esac
  [ "$place" = "$1" ] || mount -o remount,bind,ro "$place"
done < /proc/self/mounts
for folder in / "$2" "$1"; do ! touch "$folder/written" 2>/dev/null || echo "written: $folder"; done
shift 2
exec "$@"
`;

suite('a read-only root', test => {
  test.needing(
    smallDisk,
    'with one writable folder it takes taps by the cache it was delivered with',
    async context => {
      const image = temporaryDirectory(context);
      const writable = join(image, 'writable');
      mkdirSync(writable, { mode: 0o700 });
      const { files, issuer, publish } = setUpBackOffice(join(image, 'office'), 'enforced', Date.now());
      const crowd = createCrowd(issuer);
      publish(crowd.links, 'fresh');
      const { links, fleetKeys, trust, policy } = files;
      const port = await freePort();
      const journal = join(writable, 'journal.sqlite');
      const config = join(image, 'settings.yaml');
      const data = { journal, links: { cache: links, fleetKeys }, trust, policy };
      const cardReaders = [{ name: 'card', ...loopbackReader(port), apduTimeoutMs: 60_000 }];
      const all = { device: 'bus-1-front', line: '2', cardTimeoutMs: 60_000, ...data, cardReaders };
      writeFileSync(config, stringify(all), { mode: 0o600 });

      const command = [process.execPath, firmware, 'run', '--config', config];
      const child = spawn('unshare', ['--mount', 'sh', '-c', readOnly, 'sh', writable, image, ...command]);
      const ended = once(child, 'exit');
      context.after(async () => {
        child.kill('SIGTERM');
        assert.equal(await ended, [0, null]);
      });
      const written: string[] = [];
      createInterface({ input: child.stdout }).on('line', line => written.push(line));
      const log: { event: string; level: string; verdict?: string }[] = [];
      createInterface({ input: child.stderr }).on('line', line => log.push(JSON.parse(line)));
      const logged = (event: string) => until(event, () => log.find(line => line.event === event));

      await logged('ready');
      assert.equal(written, [`written: ${writable}`]);
      const held = await insertCard({ host: '127.0.0.1', port, card: crowd.tUnion('green') });
      assert.is((await logged('tap')).verdict, 'pass');
      await held.remove();
      assert.is(countJournalRows(journal), 1);
      assert.equal(
        log.filter(({ level }) => level === 'error'),
        [],
      );
    },
  );
});
