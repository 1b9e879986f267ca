/** Reads what strace has written (`-f -yy -xx`): system calls in the order in which they ended. */

export interface Call {
  readonly name: string;
  readonly words: readonly string[];
  /** Below 0 where it failed. */
  readonly result: number;
  /** What the result is, where it is a descriptor. */
  readonly opened: Descriptor | undefined;
}

export interface Descriptor {
  readonly number: string;
  readonly path: string;
}

export function callsIn(trace: string): Call[] {
  const begun = new Map<string, string>();
  return trace.split('\n').flatMap(line => {
    const [, thread = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (rest.endsWith('<unfinished ...>')) {
      begun.set(thread, rest.slice(0, -'<unfinished ...>'.length).trimEnd());
      return [];
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest)?.[1];
    const whole = resumed === undefined ? rest : `${begun.get(thread) ?? ''}${resumed}`;
    const [, name, words = '', result = '', opened = ''] =
      /^(\w+)\((.*)\) += (-?\d+)(<[^>]*>)?/.exec(whole) ?? [];
    if (name === undefined) return [];
    return [
      { name, words: wordsOf(words), result: Number(result), opened: descriptorIn(`${result}${opened}`) },
    ];
  });
}

/** All bytes are in hex, so no comma or bracket is in a text. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  let depth = 0;
  let word = '';
  for (const part of text.split(/([,[\]{}])/)) {
    if (part === '[' || part === '{') depth++;
    if (part === ']' || part === '}') depth--;
    if (part === ',' && depth === 0) {
      words.push(word.trim());
      word = '';
    } else word += part;
  }
  return [...words, word.trim()];
}

/** `7<path>` */
export function descriptorIn(word: string): Descriptor | undefined {
  const [, number, path] = /^(\d+|AT_FDCWD)<(.*)>$/.exec(word) ?? [];
  return number === undefined || path === undefined ? undefined : { number, path: textIn(path) };
}

/** A text in quotes or none, in hex. */
export function bytesIn(word: string): Buffer {
  if (/"\.\.\.$/.test(word)) throw new Error('strace has cut off what was written');
  return Buffer.from(word.replace(/[^0-9a-f]/g, ''), 'hex');
}

export function textIn(word: string): string {
  return word.includes('\\x')
    ? bytesIn(word.replaceAll('\\x', '')).toString('utf8')
    : word.replaceAll('"', '');
}
