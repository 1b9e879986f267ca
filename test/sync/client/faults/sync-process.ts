/**
 * A process of its own that syncs a cache: told where by its arguments, it says `loaded`, waits for `go`, and then says
 * what came of it.
 */
import { createHttp } from '../../../../sync/client/http.ts';
import { syncOnce } from '../../../../sync/client/sync-once.ts';
import { openKeyRing } from '../../../../sync/keys/key-ring.ts';
import { readKeysFile } from '../../../../sync/keys/keys-file.ts';

const [url = '', rootFile = '', keysFile = '', directory = ''] = process.argv.slice(2);

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
