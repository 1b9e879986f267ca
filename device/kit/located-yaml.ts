/** A YAML text, parsed, that knows where each of its values stands. */
import { CST, isMap, isNode, isScalar, Lexer, LineCounter, type Node, Parser, parseDocument } from 'yaml';
import { type Oddity, oddities, suspects } from './yaml-look-alikes.ts';

export interface Place {
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
}

export interface Problem {
  /** Undefined for a problem of the text as a whole. */
  readonly place: Place | undefined;
  readonly message: string;
  /** The YAML library's own, for what is wrong with the text as YAML. */
  readonly code?: string;
}

type YamlPath = readonly PropertyKey[];

/** A place is undefined only where the text is empty. */
export interface LocatedYaml {
  readonly value: unknown;
  /** What is wrong with it as YAML; then there is no value. */
  readonly problems: readonly Problem[];
  /** Where the value at this path begins, or the nearest one around it. */
  placeOf(path: YamlPath): Place | undefined;
  /** Where the key of the map at this path stands. */
  placeOfKey(path: YamlPath, key: string): Place | undefined;
  /** What may be the reason where the value is not what was meant: characters that look like others. */
  suspects(): readonly Problem[];
  /** Where a word of the text at this path begins, or its end where it has no such word. @param index from 0 */
  placeOfWord(path: YamlPath, index: number): Place | undefined;
}

/** In place of the library's messages that quote the text: the file may be another one than was meant. */
const messages: Readonly<Record<string, string>> = {
  BAD_ALIAS: 'an alias (*) without its anchor (&)',
  BAD_COLLECTION_TYPE: 'a tag (!) that does not belong to such a value',
  BAD_DIRECTIVE: 'a directive (%) that is not known',
  BAD_DQ_ESCAPE: 'an escape sequence (\\) that is not known',
  BAD_SCALAR_START: 'a text cannot begin with this character: put it in quotes',
  TAG_RESOLVE_FAILED: 'a tag (!) that is not known',
};

/** What is quoted stands behind a colon. */
function withoutExcerpt(code: string, message: string): string {
  return messages[code] ?? message.split(': ', 1)[0] ?? '';
}

/** No file of ours comes near it. The library composes recursively: far deeper, it is the whole process that ends. */
const maxDepth = 100;

/** The library walks through the whole text for each alias: 1,600 in 32 KB took it half a minute. */
const maxAliases = 100;

/** What is too much for the library, by its parser, which builds nothing yet and keeps a stack of its own. */
function excess(text: string): string | undefined {
  const parser = new Parser();
  let aliases = 0;
  let before = '';
  for (const lexeme of new Lexer().lex(text)) {
    for (const _ of parser.next(lexeme)) {
      // A whole document: only how deep it goes matters here.
    }
    if (parser.stack.length > maxDepth) return `nested more than ${maxDepth} deep`;
    if (before !== CST.SCALAR && CST.tokenType(lexeme) === 'alias') aliases++;
    if (aliases > maxAliases) return `more than ${maxAliases} aliases (*)`;
    before = lexeme;
  }
  return undefined;
}

function unread(message: string): LocatedYaml {
  const nowhere = () => undefined;
  return {
    value: undefined,
    problems: [{ place: { line: 1, column: 1 }, message }],
    placeOf: nowhere,
    placeOfKey: nowhere,
    placeOfWord: nowhere,
    suspects: () => [],
  };
}

export function parseYaml(text: string): LocatedYaml {
  const tooMuch = excess(text);
  if (tooMuch !== undefined) return unread(tooMuch);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });

  function placeAt(offset: number): Place {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  }

  function placeOfNode(node: Node | undefined): Place | undefined {
    return node?.range ? placeAt(node.range[0]) : undefined;
  }

  function nodeNear(path: YamlPath): Node | undefined {
    for (let length = path.length; length >= 0; length--) {
      const node: unknown = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return node;
    }
    return undefined;
  }

  function valueOrProblems(): Pick<LocatedYaml, 'value' | 'problems'> {
    const problems = document.errors.map(({ code, message, pos }) => ({
      code,
      message: withoutExcerpt(code, message),
      place: placeAt(pos[0]),
    }));
    if (problems.length > 0) return { value: undefined, problems: withReasons(problems) };
    const odd = oddities(document, text).map(located);
    if (odd.length > 0) return { value: undefined, problems: odd };
    try {
      return { value: document.toJS(), problems };
    } catch {
      return {
        value: undefined,
        problems: [{ place: undefined, message: 'aliases (*) that lead nowhere, or to too much' }],
      };
    }
  }

  function located({ offset, message }: Oddity): Problem {
    return { place: placeAt(offset), message };
  }

  /** A look-alike is the reason for what is wrong from its line on. */
  function withReasons(problems: readonly Problem[]): readonly Problem[] {
    const reasons = suspects(text).map(located);
    const first = Math.min(...reasons.map(({ place }) => place?.line ?? 1));
    return [...problems.filter(({ place }) => (place?.line ?? 1) < first), ...reasons];
  }

  return {
    ...valueOrProblems(),
    suspects: () => suspects(text).map(located),
    placeOf: path => placeOfNode(nodeNear(path)),
    placeOfKey(path, key) {
      const node = nodeNear(path);
      const pair = isMap(node) && node.items.find(({ key: it }) => isScalar(it) && String(it.value) === key);
      return placeOfNode(pair && isNode(pair.key) ? pair.key : node);
    },
    placeOfWord(path, index) {
      const node = nodeNear(path);
      if (!isScalar(node) || !node.range) return placeOfNode(node);
      const [begin, end] = node.range;
      const written = text.slice(begin, end);
      const words = [...written.matchAll(/[^\s"']+/g)];
      return placeAt(begin + (words[index]?.index ?? written.length));
    },
  };
}
