/**
 * A contactless reader on PC/SC (pcscd and nfc-pcsc, an optional package), in a process of its own: the native code
 * beneath can hang for good (a card that never answers, a daemon that is away), and then that process is ended.
 *
 * Limits: a command up to 4 KiB, a response as much; one card at a time. A card that does not answer costs the reader a
 * new process, about half a second; it counts as a tap again only once it has left the field.
 */
import type { CardReader } from '../../../device/ports.ts';
import { createHostedReader } from '../hosted/hosted.ts';

export interface PcscReaderOptions {
  readonly name: string;
  /** Part of the reader's name as PC/SC has it; the first contactless slot unless given. */
  readonly reader?: string | undefined;
  readonly apduTimeoutMs: number;
  /** pcscd's, where it is not the usual one. */
  readonly socket?: string | undefined;
  /** A reader's process that is silent for so long is started again: native code that hangs makes it silent. */
  readonly heartbeatTimeoutMs: number;
}

export function createPcscReader(options: PcscReaderOptions): CardReader {
  const { name, reader, apduTimeoutMs, heartbeatTimeoutMs, socket } = options;
  return createHostedReader({
    name,
    apduTimeoutMs,
    heartbeatTimeoutMs,
    program: new URL('./program.js', import.meta.url),
    settings: { name, reader },
    ...(socket === undefined ? {} : { env: { PCSCLITE_CSOCK_NAME: socket } }),
  });
}
