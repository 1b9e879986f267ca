/**
 * Logs of APDUs as text, of the common programs: pcsc-tools (scriptor, gscriptor: `> `, `< … : words`), pcsc-perl (`=> `, `<= `), Proxmark3's
 * client (`[+] >>> `, `[+] <<< `), pcscd's own log (`APDU: `, `SW: `), OpenSC's opensc-tool and opensc-explorer (`Sending: `,
 * `Received (SW1=0x90, SW2=0x00)` and a hex dump), cardpeek's recordings (`C:command:status:answer`, `R:ATR`).
 */
import type { Conversation, Exchange } from './conversation.ts';

const mostLines = 100_000;
const mostExchanges = 4096;
const longestLine = 8192;

/** In front of what counts: `[+]`, a number or a time, spaces. */
const before = String.raw`^\s*(?:\[[^\]]{0,16}\]\s*)?(?:[\d.:]{1,20}\s+)?`;
const commandLine = new RegExp(
  `${before}(?:>{1,3}|=>|-{1,2}>|(?:C-)?APDU:|Sending:|Sent:|Command:)\\s*(.*)$`,
  'i',
);
const answerLine = new RegExp(
  `${before}(?:<=|<-{1,2}|<{1,3}|(?:SW|R-APDU|Received|Response):)\\s*(.*)$`,
  'i',
);
const atrLine = new RegExp(`${before}(?:Using card with )?ATR\\s*[:=]\\s*(.*)$`, 'i');
const openScAnswer = /^\s*Received \(SW1=0x([0-9a-f]{2}), SW2=0x([0-9a-f]{2})\)/i;
const openScData = /^((?:[0-9a-f]{2} ){0,15}[0-9a-f]{2}) +\S/i;
const cardpeekCommand = /^C:([0-9a-f]*):([0-9a-f]{4}):([0-9a-f]*)$/i;
const cardpeekReset = /^R:([0-9a-f]*)$/i;

/** @returns undefined for text that is no such log. @throws Error for one that is too long */
export function readApduLog(text: string): Conversation | undefined {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.length > mostLines)
    throw new Error(`it has ${lines.length} lines, at most ${mostLines} are read`);
  const exchanges: Exchange[] = [];
  let atr: Uint8Array | undefined;
  let command: Uint8Array | undefined;
  /** OpenSC has the status word first, and the data on the lines beneath. */
  let open: { readonly status: Uint8Array; readonly data: Uint8Array[] } | undefined;

  function answered(response: Uint8Array | undefined): void {
    if (command === undefined || response === undefined) return;
    if (exchanges.length >= mostExchanges) throw new Error(`it has more than ${mostExchanges} commands`);
    exchanges.push({ command, response });
    command = undefined;
  }

  function endOpen(): void {
    if (open !== undefined) answered(Buffer.concat([...open.data, open.status]));
    open = undefined;
  }

  for (const raw of lines) {
    const line = raw.slice(0, longestLine);
    const more = open === undefined ? undefined : bytesAt(openScData, line);
    if (more !== undefined) {
      open?.data.push(more);
      continue;
    }
    endOpen();
    const [, sw1, sw2] = openScAnswer.exec(line) ?? [];
    const recorded = cardpeekCommand.exec(line);
    if (sw1 !== undefined) open = { status: Buffer.from(`${sw1}${sw2}`, 'hex'), data: [] };
    else if (recorded !== null) {
      command = bytesOf(recorded[1] ?? '');
      answered(bytesOf(`${recorded[3]}${recorded[2]}`));
    } else {
      command = bytesAt(commandLine, line) ?? command;
      answered(bytesAt(answerLine, line));
      atr ??= bytesAt(cardpeekReset, line) ?? bytesAt(atrLine, line);
    }
  }
  endOpen();
  return exchanges.length === 0 ? undefined : { atr, exchanges };
}

function bytesAt(pattern: RegExp, line: string): Uint8Array | undefined {
  const found = pattern.exec(line)?.[1];
  return found === undefined ? undefined : bytesOf(found);
}

/** Pairs of hex digits, with spaces or colons between them or none; words behind them are about them. */
function bytesOf(text: string): Uint8Array | undefined {
  const [, digits] =
    /^((?:0x)?[0-9a-f]{2}(?:[ :,]*(?:0x)?[0-9a-f]{2})*)(?![0-9a-f])/i.exec(text.trim()) ?? [];
  if (digits === undefined) return undefined;
  return Buffer.from(digits.replace(/0x/gi, '').replace(/[ :,]/g, ''), 'hex');
}
