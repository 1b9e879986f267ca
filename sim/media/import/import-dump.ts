/** A dump or a log of a card, of whichever format, as a card image. */
import { messageOf, WrongUsage } from '../../../device/kit/errors.ts';
import { readInput } from '../../../device/kit/input-file.ts';
import { parseJson } from '../../../device/kit/located-json.ts';
import { decodeUtf8 } from '../../../device/kit/text.ts';
import { cardImageSchema } from '../card-image.ts';
import { readApduLog } from './apdu-log.ts';
import { type Imported, imageOfConversation } from './conversation.ts';
import { imageOfMetrodroid, isMetrodroid } from './metrodroid.ts';
import { isTraceFile, readTraceFile } from './trace-file.ts';

export interface ImportedDump extends Imported {
  readonly format: 'metrodroid' | 'pcapng' | 'apdu-log';
}

const maxBytes = 16 << 20;

/** @param reader of a trace with several: which. @throws WrongUsage, naming the file and what is wrong in it */
export function importDump(path: string, reader?: string): ImportedDump {
  const bytes = readInput(path, maxBytes);
  try {
    const imported = readDump(bytes, reader);
    return { ...imported, image: cardImageSchema.parse(imported.image) };
  } catch (error) {
    throw new WrongUsage(`${path}: ${messageOf(error)}`);
  }
}

function readDump(bytes: Buffer, reader: string | undefined): ImportedDump {
  if (isTraceFile(bytes)) return { format: 'pcapng', ...imageOfConversation(readTraceFile(bytes, reader)) };
  const text = decodeUtf8(bytes).replace(/^\ufeff/, '');
  if (/^\s*\{/.test(text)) {
    const json = parseJson(text);
    if (!isMetrodroid(json)) throw new Error('JSON, but no dump of Metrodroid');
    return { format: 'metrodroid', image: imageOfMetrodroid(json), answers: 0, differing: 0 };
  }
  const log = readApduLog(text);
  if (log === undefined) throw new Error('neither a Metrodroid dump, nor a pcapng file, nor a log of APDUs');
  return { format: 'apdu-log', ...imageOfConversation(log) };
}
