/**
 * What a person in front of a terminal display sees and hears: a real terminal emulator reads the bytes on its wire. A frame
 * is drawn at the end of its synchronised update (`CSI ? 2026 l`).
 */
import { createRequire } from 'node:module';
import type { Light } from '../../device/core/screen.ts';

/** By `require`: `import` would first search its whole text for what it exports, which takes longer than loading it. */
const xterm: typeof import('@xterm/headless') = createRequire(import.meta.url)('@xterm/headless');
const { Terminal } = xterm;
const columns = 40;
const rows = 24;
const bandRows = 2;
const synchronisedUpdate = 2026;
/** CAN ends a sequence that was cut short, RIS resets. Sent as bytes, they take effect after those not parsed yet. */
const cancelAndReset = '\u0018\u001bc';
/** The emulator's palette numbers of SGR 41, 42 and 43. */
const lights = new Map<number, Light>([
  [1, 'red'],
  [2, 'green'],
  [3, 'amber'],
]);

export interface ScreenEmulator {
  write(bytes: Uint8Array): void;
  /** Blank screen, the count of beeps kept. */
  reset(): void;
  /** The rows from the top, without spaces at their ends; the band of the light is no text. */
  lines(): string[];
  /** The colour of the band at the top. */
  light(): Light;
  /** What stands in the band; '' for nothing. */
  sign(): string;
  /** Beeps since the start. */
  readonly beeps: number;
  /** Calls the listener after each whole frame; @returns the way to stop it */
  onChange(listener: () => void): () => void;
  dispose(): void;
}

export function createScreenEmulator(): ScreenEmulator {
  const terminal = new Terminal({ cols: columns, rows, allowProposedApi: true });
  const listeners = new Set<() => void>();
  let beeps = 0;
  terminal.onBell(() => {
    beeps++;
  });
  terminal.parser.registerCsiHandler({ prefix: '?', final: 'l' }, params => {
    if (params.includes(synchronisedUpdate)) for (const listener of listeners) listener();
    return false;
  });
  const rowAt = (row: number) => terminal.buffer.active.getLine(row);
  const textOf = (row: number) => rowAt(row)?.translateToString(true).trimEnd() ?? '';

  return {
    write: bytes => terminal.write(bytes),
    reset: () => terminal.write(cancelAndReset),
    lines: () => Array.from({ length: rows }, (_, row) => (row < bandRows ? '' : textOf(row))),
    sign: () => Array.from({ length: bandRows }, (_, row) => textOf(row).trim()).join(''),
    light: () => lights.get(rowAt(0)?.getCell(0)?.getBgColor() ?? 0) ?? 'off',
    get beeps() {
      return beeps;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    dispose: () => terminal.dispose(),
  };
}
