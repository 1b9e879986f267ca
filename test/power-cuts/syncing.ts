/** Syncs from one address after the other, and says each version that it has come to. */
import { readFileSync, writeSync } from 'node:fs';
import { createHttp } from '../../sync/client/http.ts';
import { syncOnce } from '../../sync/client/sync-once.ts';
import { fixedRing } from '../../sync/keys/key-ring.ts';

const [directory = '', rootFile = '', keysFile = '', ...urls] = process.argv.slice(2);
const hexKeys: { id: string; key: string }[] = JSON.parse(readFileSync(keysFile, 'utf8'));
const keys = fixedRing(hexKeys.map(({ id, key }) => ({ id, key: Buffer.from(key, 'hex') })));
const http = createHttp({ timeoutMs: 600_000 });
for (const url of urls) {
  const { version, how } = await syncOnce({ url, rootFile, keys, directory }, http);
  writeSync(1, `synced ${version} by ${how}\n`);
}
await http.close();
