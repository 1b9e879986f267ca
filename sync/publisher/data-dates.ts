/** How fresh the data of the last version is, for a version that brings no newer data. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Metadata, MetadataKind } from '@tufjs/models';
import { indexCustom, indexTarget } from '../feed/index-file.ts';
import { feedPlaces } from './feed-places.ts';
import { publishedVersion } from './signing/tuf-repository.ts';

/** Unix milliseconds, as they were signed. @throws Error where the metadata is damaged */
export function dataDates(dir: string): { readonly linksAsOf: number; readonly statusAsOf: number } {
  const path = join(feedPlaces(dir).metadata, `${publishedVersion(dir)}.targets.json`);
  const { signed } = Metadata.fromJSON(MetadataKind.Targets, JSON.parse(readFileSync(path, 'utf8')));
  const { linksAsOf, statusAsOf } = indexCustom.parse(signed.targets[indexTarget]?.custom);
  return { linksAsOf, statusAsOf };
}
