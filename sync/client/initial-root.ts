/** The file of the feed's initial root metadata, as a validator is given it. */
import { MetadataKind, Metadata as TufMetadata } from '@tufjs/models';
import { DeviceError, messageOf } from '../../device/kit/errors.ts';
import { readPlainText } from '../../device/kit/input-file.ts';
import { parseJson } from '../../device/kit/located-json.ts';

const maxBytes = 512 << 10;

/** @throws DeviceError config, naming the file, for what is no root metadata of TUF that its own keys have signed */
export function checkInitialRoot(path: string): void {
  try {
    const content = parseJson(readPlainText(path, maxBytes));
    if (typeof content !== 'object' || content === null) throw new Error('no object');
    const root = TufMetadata.fromJSON(MetadataKind.Root, { ...content });
    root.verifyDelegate('root', root);
  } catch (error) {
    throw new DeviceError('config', 'feed', `${path}: no root metadata of a feed: ${messageOf(error)}`);
  }
}
