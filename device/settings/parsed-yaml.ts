/** A YAML text, parsed, that knows where each of its values stands. */
import { isNode, LineCounter, type Node, parseDocument } from 'yaml';
import { messageOf } from '../errors.ts';

export interface Place {
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
}

export type YamlPath = readonly PropertyKey[];

export interface ParsedYaml {
  readonly value: unknown;
  /** What is wrong with it as YAML; then there is no value. The code is the YAML library's own. */
  readonly problems: readonly { readonly code?: string; readonly place?: Place; readonly message: string }[];
  /** What stands at this path, or the nearest thing around it. */
  nodeNear(path: YamlPath): Node | undefined;
  placeAt(offset: number): Place;
  placeOf(node: Node | undefined): Place | undefined;
}

export function parseYaml(text: string): ParsedYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });

  function placeAt(offset: number): Place {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  }

  function valueOrProblem(): Pick<ParsedYaml, 'value' | 'problems'> {
    const problems = document.errors.map(({ code, message, pos }) => ({
      code,
      message,
      place: placeAt(pos[0]),
    }));
    if (problems.length > 0) return { value: undefined, problems };
    try {
      return { value: document.toJS(), problems };
    } catch (error) {
      return { value: undefined, problems: [{ message: messageOf(error) }] };
    }
  }

  return {
    ...valueOrProblem(),
    nodeNear(path) {
      for (let length = path.length; length >= 0; length--) {
        const node: unknown = document.getIn(path.slice(0, length), true);
        if (isNode(node) && node.range) return node;
      }
      return undefined;
    },
    placeAt,
    placeOf: node => (node?.range ? placeAt(node.range[0]) : undefined),
  };
}
