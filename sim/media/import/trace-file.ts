/** A pcapng file with cards in it (LINKTYPE_ISO_14443), as the console's `trace` writes it, or Wireshark after another program. */
import type { Conversation, Exchange } from './conversation.ts';

const sectionType = 0x0a0d0d0a;
const [interfaceType, packetType] = [1, 6];
const iso14443 = 264;
const magic = 0x1a2b3c4d;
const mostExchanges = 4096;
/** The event in the pseudo-header; those of an even number have the frame's CRC behind it, or have not. */
const events = { toCard: [0xfe, 0xfa], fromCard: [0xff, 0xfb], withCrc: [0xfe, 0xff] };

export function isTraceFile(file: Uint8Array): boolean {
  return file.length >= 28 && Buffer.from(file).readUInt32LE(0) === sectionType;
}

/**
 * @param reader which interface, by its name; the first with a card unless given
 * @throws Error that says at which byte it cannot be read, or what is missing
 */
export function readTraceFile(file: Buffer, reader?: string): Conversation {
  if (file.readUInt32LE(8) !== magic) throw new Error('pcapng of a big-endian machine is not read');
  const interfaces: { readonly link: number; readonly name: string }[] = [];
  const exchanges: Exchange[] = [];
  let wanted: number | undefined;
  let command: Uint8Array | undefined;
  for (let at = 0; at < file.length; ) {
    const { type, body, end } = blockAt(file, at);
    at = end;
    if (type === sectionType && interfaces.length > 0) throw new Error('it has a second section');
    if (type === interfaceType)
      interfaces.push({ link: body.readUInt16LE(0), name: nameIn(body.subarray(8)) });
    const packet = type === packetType ? packetIn(body) : undefined;
    if (packet === undefined) continue;
    const from = interfaces[packet.interfaceId];
    if (from?.link !== iso14443 || (reader !== undefined && from.name !== reader)) continue;
    wanted ??= packet.interfaceId;
    const said = packet.interfaceId === wanted ? apduIn(packet.data) : undefined;
    if (said?.way === 'to') command = said.apdu;
    else if (said?.way === 'from' && command !== undefined) {
      if (exchanges.length >= mostExchanges) throw new Error(`it has more than ${mostExchanges} commands`);
      exchanges.push({ command, response: said.apdu });
      command = undefined;
    }
  }
  if (wanted === undefined) {
    const names = interfaces.map(({ name }) => name).join(', ');
    throw new Error(
      `no card is in it${reader === undefined ? '' : ` at ${reader}`}; its interfaces: ${names}`,
    );
  }
  return { atr: undefined, exchanges };
}

function blockAt(file: Buffer, at: number) {
  const length = at + 12 <= file.length ? file.readUInt32LE(at + 4) : 0;
  if (length < 12 || length % 4 !== 0 || at + length > file.length)
    throw new Error(`byte ${at}: no whole block`);
  const body = file.subarray(at + 8, at + length - 4);
  const type = file.readUInt32LE(at);
  const least = type === interfaceType ? 8 : type === packetType ? 20 : 0;
  if (body.length < least) throw new Error(`byte ${at}: a block that is too short`);
  return { type, body, end: at + length };
}

/** Option 2 of an interface. */
function nameIn(options: Buffer): string {
  for (let at = 0; at + 4 <= options.length; ) {
    const [code, length] = [options.readUInt16LE(at), options.readUInt16LE(at + 2)];
    if (code === 2) return options.subarray(at + 4, at + 4 + length).toString();
    if (code === 0) break;
    at += 4 + length + (-length & 3);
  }
  return '';
}

function packetIn(body: Buffer) {
  const length = body.readUInt32LE(12);
  if (20 + length > body.length) throw new Error('a packet that is longer than its block');
  return { interfaceId: body.readUInt32LE(0), data: body.subarray(20, 20 + length) };
}

/** An I-block without chaining, CID and NAD, as it is with one card and one application at a time. */
function apduIn(data: Buffer) {
  const [, event = 0, , , pcb = 0] = data;
  const way = events.toCard.includes(event) ? 'to' : events.fromCard.includes(event) ? 'from' : undefined;
  const isWhole = (pcb & 0xfe) === 0x02;
  if (way === undefined || !isWhole || data.length < 6) return undefined;
  const end = events.withCrc.includes(event) ? data.length - 2 : data.length;
  return { way, apdu: Uint8Array.from(data.subarray(5, end)) } as const;
}
