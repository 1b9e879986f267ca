/** A YAML text that knows where each of its values stands. */
import { isMap, isNode, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { messageOf } from '../../device/errors.ts';

export interface Place {
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
}

export interface Problem {
  readonly place: Place;
  readonly message: string;
}

type Path = readonly PropertyKey[];

export interface LocatedYaml {
  readonly value: unknown;
  /** What is wrong with it as YAML; then there is no value. */
  readonly problems: readonly Problem[];
  /** Where the value at this path begins; the nearest one around it, where there is none. */
  placeOf(path: Path): Place;
  placeOfKey(path: Path, key: string): Place;
  /** Where this word of the text there begins, counted from 0. */
  placeOfWord(path: Path, index: number): Place;
}

const start: Place = { line: 1, column: 1 };

export function parseLocated(text: string): LocatedYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems = document.errors.map(({ code, message, pos }) => ({
    place: placeAt(pos[0]),
    message: code === 'MULTIPLE_DOCS' ? 'a file is one scenario: a second begins here' : message,
  }));
  const value = problems.length > 0 ? undefined : toValue();

  function toValue(): unknown {
    try {
      return document.toJS();
    } catch (error) {
      problems.push({ place: start, message: messageOf(error) });
      return undefined;
    }
  }

  function placeAt(offset: number): Place {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  }

  function nodeNear(path: Path): Node | undefined {
    for (let length = path.length; length >= 0; length--) {
      const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return node;
    }
    return undefined;
  }

  const placeOfNode = (node: Node | undefined) => (node?.range ? placeAt(node.range[0]) : start);

  function placeOfKey(path: Path, key: string): Place {
    const node = nodeNear(path);
    if (!isMap(node)) return placeOfNode(node);
    const pair = node.items.find(item => isScalar(item.key) && String(item.key.value) === key);
    return placeOfNode(isNode(pair?.key) ? pair.key : node);
  }

  return {
    value,
    problems,
    placeOf: path => placeOfNode(nodeNear(path)),
    placeOfKey,
    placeOfWord(path, index) {
      const node = nodeNear(path);
      if (!isScalar(node) || !node.range) return placeOfNode(node);
      const written = text.slice(node.range[0], node.range[1]);
      const words = [...written.matchAll(/[^\s"']+/g)];
      return placeAt(node.range[0] + (words[index]?.index ?? written.length));
    },
  };
}
