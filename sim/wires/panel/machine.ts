/**
 * The inside of a simulated Nextion or TJC panel: bytes in, bytes out, as the public instruction set says.
 *
 * It has the 1,024 bytes of buffer, the return codes and the levels of `bkcmd`; it forgets all it was told at power-on
 * and a page's attributes when the page is left; asleep it carries out nothing but `get` and `sleep`. An escape is
 * looked for byte by byte, whatever the encoding, as the real one does.
 */
import { designedPage, lightOf, linesOf, type Page } from './page.ts';

export interface PanelOptions {
  /** Of the project on the panel; iconv's name. */
  readonly encoding?: string;
  /** Components that the project lacks. */
  readonly missing?: readonly string[];
  /** It says so when it starts, as older projects and those made by the book do. */
  readonly announces?: boolean;
}

export interface PanelMachine {
  write(bytes: Uint8Array): void;
  powerOn(): void;
  /** Falls asleep by itself, as after thsp seconds without a touch. */
  fallAsleep(): void;
  /** Somebody touches a button that leads to another page. */
  goTo(page: string): void;
  /** How long each instruction takes. */
  setPace(msPerInstruction: number): void;
  lines(): string[];
  light(): ReturnType<typeof lightOf>;
  /** Tones played since the start, by name. */
  readonly sounds: readonly string[];
  /** Instructions that were not carried out, each with its return code in hex. */
  readonly refused: readonly string[];
}

interface Wire {
  answer(bytes: Uint8Array): void;
  changed(): void;
}

const bufferBytes = 1024;
const end = Buffer.of(0xff, 0xff, 0xff);
const pages = ['start', 'screen', 'other'];
const succeeded = 0x01;
const invalidInstruction = 0x00;
const invalidComponent = 0x02;
const invalidPage = 0x03;
const invalidVariable = 0x1a;
const invalidOperation = 0x1b;
const invalidEscape = 0x20;
const overflowed = 0x24;
const fallenAsleep = 0x86;
const poweredUp = Buffer.of(0, 0, 0, ...end, 0x88, ...end);
const defaults = { bkcmd: 2, sleep: 0, thsp: 0, ussp: 0, thup: 0, usup: 0, wup: 255, dim: 100, sys0: 0 };

/** A return code; undefined where the instruction has answered by itself. */
type Outcome = number | undefined;

export function createPanelMachine(options: PanelOptions, { answer, changed }: Wire): PanelMachine {
  const { encoding = 'gb2312', missing = [], announces = true } = options;
  const sounds: string[] = [];
  const refused: string[] = [];
  let buffer = Buffer.alloc(0);
  let variables = new Map<string, number>(Object.entries(defaults));
  let dp = 0;
  let page: Page = emptyPage();
  let msPerInstruction = 0;
  let busy: NodeJS.Timeout | undefined;

  function loadPage(index: number): void {
    dp = index;
    page = pages[index] === 'screen' ? designedPage(missing) : emptyPage();
    changed();
  }

  function write(bytes: Uint8Array): void {
    const room = bufferBytes - buffer.length;
    buffer = Buffer.concat([buffer, bytes.subarray(0, room)]);
    if (bytes.length > room) answer(Buffer.of(overflowed, ...end));
    work();
  }

  function work(): void {
    while (busy === undefined) {
      const length = buffer.indexOf(end);
      if (length === -1) return;
      if (msPerInstruction > 0) busy = setTimeout(workOff, msPerInstruction, length);
      else carryOutFirst(length);
    }
  }

  function workOff(length: number): void {
    busy = undefined;
    carryOutFirst(length);
    work();
  }

  function carryOutFirst(length: number): void {
    const text = buffer.toString('latin1', 0, length);
    buffer = buffer.subarray(length + end.length);
    if (variables.get('sleep') === 1 && !/^(get |sleep=)/.test(text)) return;
    const outcome = carryOut(text);
    if (outcome === undefined) return;
    const level = variables.get('bkcmd') ?? 0;
    if (outcome !== succeeded && text !== '')
      refused.push(`${outcome.toString(16).padStart(2, '0')} ${text.slice(0, 40)}`);
    if (level === 3 || (level === 1) === (outcome === succeeded)) {
      if (level > 0) answer(Buffer.of(outcome, ...end));
    }
  }

  function carryOut(text: string): Outcome {
    const [, verb, operand = '', event] = /^(page|get|click|tsw) ([\w.]+)(?:,([01]))?$/.exec(text) ?? [];
    if (text === 'sendme') return say(0x66, Buffer.of(dp));
    if (text === 'rest') return powerOn();
    if (verb === 'page') return turnTo(operand);
    if (verb === 'get') return get(operand);
    if (verb === 'click' || verb === 'tsw') return touch(verb, operand, event);
    const [, name, attribute, value = ''] = /^(\w+)(?:\.(\w+))?=(.*)$/s.exec(text) ?? [];
    if (name === undefined) return invalidInstruction;
    return attribute === undefined ? assignVariable(name, value) : assign(name, attribute, value);
  }

  function say(code: number, data: Uint8Array): Outcome {
    answer(Buffer.of(code, ...data, ...end));
    return undefined;
  }

  function turnTo(operand: string): Outcome {
    const index = /^\d+$/.test(operand) ? Number(operand) : pages.indexOf(operand);
    if (pages[index] === undefined) return invalidPage;
    loadPage(index);
    return succeeded;
  }

  function get(operand: string): Outcome {
    const [name = '', attribute] = operand.split('.');
    const component = attribute === undefined ? undefined : page.texts.get(name);
    if (component !== undefined && attribute === 'txt') return say(0x70, component.txt);
    const colours: Record<string, number | undefined> = { bco: component?.bco, pco: component?.pco };
    const constant = /^\d+$/.test(operand) ? Number(operand) : undefined;
    const value = constant ?? (operand === 'dp' ? dp : (variables.get(operand) ?? colours[attribute ?? '']));
    if (value === undefined) return invalidVariable;
    const data = Buffer.alloc(4);
    data.writeInt32LE(value);
    return say(0x71, data);
  }

  function touch(verb: string, name: string, event: string | undefined): Outcome {
    if (event === undefined) return invalidInstruction;
    if (!page.hotspots.has(name)) return invalidComponent;
    if (verb === 'click') {
      sounds.push(name);
      changed();
    }
    return succeeded;
  }

  function assignVariable(name: string, text: string): Outcome {
    if (!variables.has(name)) return invalidVariable;
    if (!/^\d+$/.test(text)) return invalidOperation;
    variables.set(name, Number(text));
    changed();
    return succeeded;
  }

  function assign(name: string, attribute: string, text: string): Outcome {
    const component = page.texts.get(name);
    if (component === undefined || !['txt', 'bco', 'pco'].includes(attribute)) return invalidVariable;
    const value = attribute === 'txt' ? textOf(text) : numberOf(text);
    if (typeof value === 'string') return value === 'escape' ? invalidEscape : invalidOperation;
    const stored = value instanceof Uint8Array ? value.subarray(0, component.maxBytes) : value;
    page.texts.set(name, { ...component, [attribute]: stored });
    changed();
    return succeeded;
  }

  function powerOn(): Outcome {
    clearTimeout(busy);
    busy = undefined;
    buffer = Buffer.alloc(0);
    variables = new Map(Object.entries(defaults));
    loadPage(1);
    if (announces) answer(poweredUp);
    return undefined;
  }
  loadPage(1);

  return {
    write,
    powerOn,
    fallAsleep() {
      variables.set('sleep', 1);
      answer(Buffer.of(fallenAsleep, ...end));
      changed();
    },
    goTo: name => void turnTo(name),
    setPace(ms) {
      msPerInstruction = ms;
    },
    lines: () => (variables.get('sleep') === 1 ? [] : linesOf(page, encoding)),
    light: () => (variables.get('sleep') === 1 ? 'off' : lightOf(page)),
    sounds,
    refused,
  };
}

function emptyPage(): Page {
  return { texts: new Map(), hotspots: new Set() };
}

function numberOf(text: string): number | 'operation' {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : 'operation';
}

/** The bytes between the quotes, with `\r` as CR LF. */
function textOf(text: string): Uint8Array | 'escape' | 'operation' {
  const inner = /^"((?:\\.|[^"\\])*)"$/s.exec(text)?.[1];
  if (inner === undefined) return 'operation';
  if (/\\[^r"\\]/.test(inner.replaceAll('\\\\', ''))) return 'escape';
  const plain = inner.replace(/\\(.)/g, (_, char: string) => (char === 'r' ? '\r\n' : char));
  return Buffer.from(plain, 'latin1');
}
