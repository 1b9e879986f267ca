/**
 * What a Nextion display remembers, its variables and the page that it shows, and what each instruction does to it, by the
 * public instruction set. An escape in a text is looked for byte by byte, whatever the encoding, as a real display does.
 */
import iconv from 'iconv-lite';
import { designedPage, emptyPage, type Page } from './page.ts';

export interface Hmi {
  readonly variables: Map<string, number>;
  /** Number of the page. */
  dp: number;
  page: Page;
  /** Components that the project lacks. */
  readonly missing: readonly string[];
  /** Tones played, by name. */
  readonly sounds: string[];
  /** 暂停服务 in the project's encoding, one character for each byte. */
  readonly deadText: string;
}

export const succeeded = 0x01;
export const invalidInstruction = 0x00;
const invalidComponent = 0x02;
const invalidPage = 0x03;
const invalidVariable = 0x1a;
const invalidOperation = 0x1b;
const invalidEscape = 0x20;

/** A return code, or an answer with data. */
export type Outcome = number | Uint8Array;

const pages = ['start', 'screen', 'other'];
const defaults = {
  bkcmd: 2,
  recmod: 0,
  sleep: 0,
  thsp: 0,
  ussp: 0,
  thup: 0,
  usup: 0,
  wup: 255,
  dim: 100,
  sys0: 0,
};

/** As after power-on. @param sounds is added to */
export function createHmi(missing: readonly string[], sounds: string[], encoding: string): Hmi {
  const variables = new Map<string, number>(Object.entries(defaults));
  const deadText = iconv.encode('暂停服务', encoding).toString('latin1');
  const hmi: Hmi = { variables, dp: 0, page: emptyPage(), missing, sounds, deadText };
  turnTo(hmi, 'screen');
  return hmi;
}

export function carryOut(hmi: Hmi, text: string): Outcome {
  const [, verb, operand = '', event] = /^(page|get|click|tsw) ([\w.]+)(?:,([01]))?$/.exec(text) ?? [];
  if (text === 'sendme') return Buffer.of(0x66, hmi.dp);
  if (verb === 'page') return turnTo(hmi, operand);
  if (verb === 'get') return get(hmi, operand);
  if (verb === 'click' || verb === 'tsw') return touch(hmi, verb, operand, event);
  const [, name, attribute, value = ''] = /^(\w+)(?:\.(\w+))?=(.*)$/s.exec(text) ?? [];
  if (name === undefined) return invalidInstruction;
  return attribute === undefined ? assignVariable(hmi, name, value) : assign(hmi, name, attribute, value);
}

/** The project's timer `alive`. @returns whether it has taken the notice down */
export function tick(hmi: Hmi): boolean {
  const fed = hmi.page.numbers.get('fed');
  if (fed === undefined) return false;
  if (fed > 0) {
    hmi.page.numbers.set('fed', fed - 1);
    return false;
  }
  const texts = { info: '', en: 'Out of service', zh: hmi.deadText };
  for (const attribute of ['pco', 'bco']) assign(hmi, 'light', attribute, '0');
  for (const [name, text] of Object.entries(texts)) assign(hmi, name, 'txt', `"${text}"`);
  return true;
}

/** A page's attributes are forgotten when it is left. @param operand name or number of a page */
export function turnTo(hmi: Hmi, operand: string): Outcome {
  const index = /^\d+$/.test(operand) ? Number(operand) : pages.indexOf(operand);
  if (pages[index] === undefined) return invalidPage;
  hmi.dp = index;
  hmi.page = pages[index] === 'screen' ? designedPage(hmi.missing) : emptyPage();
  return succeeded;
}

function get({ page, dp, variables }: Hmi, operand: string): Outcome {
  const [name = '', attribute] = operand.split('.');
  const component = attribute === undefined ? undefined : page.texts.get(name);
  if (component !== undefined && attribute === 'txt') return Buffer.of(0x70, ...component.txt);
  const colours: Record<string, number | undefined> = { bco: component?.bco, pco: component?.pco };
  const constant = /^\d+$/.test(operand) ? Number(operand) : undefined;
  const value = constant ?? (operand === 'dp' ? dp : (variables.get(operand) ?? colours[attribute ?? '']));
  if (value === undefined) return invalidVariable;
  const answer = Buffer.alloc(5, 0x71);
  answer.writeInt32LE(value, 1);
  return answer;
}

function touch({ page, sounds }: Hmi, verb: string, name: string, event: string | undefined): Outcome {
  if (event === undefined) return invalidInstruction;
  if (!page.hotspots.has(name)) return invalidComponent;
  if (verb === 'click') sounds.push(name);
  return succeeded;
}

function assignVariable({ variables }: Hmi, name: string, text: string): Outcome {
  if (!variables.has(name)) return invalidVariable;
  if (!/^\d+$/.test(text)) return invalidOperation;
  variables.set(name, Number(text));
  return succeeded;
}

function assign({ page }: Hmi, name: string, attribute: string, text: string): Outcome {
  if (attribute === 'val' && page.numbers.has(name) && /^\d+$/.test(text)) {
    page.numbers.set(name, Number(text));
    return succeeded;
  }
  const component = page.texts.get(name);
  if (component === undefined || !['txt', 'bco', 'pco'].includes(attribute)) return invalidVariable;
  const value = attribute === 'txt' ? textOf(text) : numberOf(text);
  if (typeof value === 'string') return value === 'escape' ? invalidEscape : invalidOperation;
  const stored = value instanceof Uint8Array ? value.subarray(0, component.maxBytes) : value;
  page.texts.set(name, { ...component, [attribute]: stored });
  return succeeded;
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
