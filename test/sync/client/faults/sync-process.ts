/**
 * A process of its own that syncs a cache: told where by its arguments, it says `loaded`, waits for `go`, and then says
 * what came of it. With `before 3` or `after 3` as the last arguments it dies at its third renaming of a file.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { createHttp } from '../../../../sync/client/http.ts';
import { syncOnce } from '../../../../sync/client/sync-once.ts';
import { openKeyRing } from '../../../../sync/keys/key-ring.ts';
import { readKeysFile } from '../../../../sync/keys/keys-file.ts';

const [url = '', rootFile = '', keysFile = '', directory = '', moment, count] = process.argv.slice(2);

if (moment !== undefined) dieAtRenaming(moment, Number(count));
process.once('message', () => void sync());
process.send?.('loaded');

async function sync(): Promise<void> {
  const http = createHttp({ timeoutMs: 600_000 });
  try {
    const keys = await openKeyRing(readKeysFile(keysFile), directory);
    process.send?.(await syncOnce({ url, rootFile, keys, directory }, http));
  } catch (error) {
    process.send?.({ refused: String(error) });
  }
  await http.close();
  process.disconnect();
}

/** Every file that counts is written aside and gets its name in the end. */
function dieAtRenaming(moment: string, count: number): void {
  const { renameSync } = fs;
  let renamings = 0;
  const die = (now: string) => {
    if (now === moment && renamings === count) process.kill(process.pid, 'SIGKILL');
  };
  fs.renameSync = (from, to) => {
    renamings++;
    die('before');
    renameSync(from, to);
    die('after');
  };
  syncBuiltinESMExports();
}
