/**
 * A process of its own that syncs a cache: told where by its arguments, it says `loaded`, waits for `go`, and then says
 * what came of it.
 */
import { createHttp } from '../../../../sync/client/http.ts';
import { syncOnce } from '../../../../sync/client/sync-once.ts';
import { readFleetKeys } from '../../../../sync/fleet-keys.ts';

const [url = '', rootFile = '', keysFile = '', directory = ''] = process.argv.slice(2);

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
