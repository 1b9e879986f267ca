/**
 * A process of its own that syncs a cache: told where by its arguments, it says `loaded`, waits for `go`, and then says
 * what came of it. With a number as the last argument it dies once it has renamed so many files.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { createHttp } from '../../../../sync/client/http.ts';
import { syncOnce } from '../../../../sync/client/sync-once.ts';
import { readFleetKeys } from '../../../../sync/fleet-keys.ts';

const [url = '', rootFile = '', keysFile = '', directory = '', renames] = process.argv.slice(2);

if (renames !== undefined) dieAfter(Number(renames));
process.once('message', () => void sync());
process.send?.('loaded');

async function sync(): Promise<void> {
  const http = createHttp({ timeoutMs: 10_000 });
  try {
    process.send?.(await syncOnce({ url, rootFile, keys: readFleetKeys(keysFile), directory }, http));
  } catch (error) {
    process.send?.({ refused: String(error) });
  }
  await http.close();
  process.disconnect();
}

/** Every file that counts gets its name in the end. */
function dieAfter(count: number): void {
  const { renameSync } = fs;
  let done = 0;
  fs.renameSync = (from, to) => {
    renameSync(from, to);
    if (++done === count) process.kill(process.pid, 'SIGKILL');
  };
  syncBuiltinESMExports();
}
