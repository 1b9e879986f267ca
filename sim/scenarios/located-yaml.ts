/** A scenario's YAML text with the places that its problems and failures are told at. */
import { isMap, isNode, isScalar } from 'yaml';
import { type Place, parseYaml, type YamlPath } from '../../device/settings/parsed-yaml.ts';

export interface Problem {
  readonly place: Place;
  readonly message: string;
}

export interface LocatedYaml {
  readonly value: unknown;
  /** What is wrong with it as YAML; then there is no value. */
  readonly problems: readonly Problem[];
  /** Where the value at this path begins; the nearest one around it, where there is none. */
  placeOf(path: YamlPath): Place;
  placeOfKey(path: YamlPath, key: string): Place;
  /** Where this word of the text there begins, counted from 0. */
  placeOfWord(path: YamlPath, index: number): Place;
}

const start: Place = { line: 1, column: 1 };

export function parseLocated(text: string): LocatedYaml {
  const yaml = parseYaml(text);
  const problems = yaml.problems.map(({ code, message, place = start }) => ({
    place,
    message: code === 'MULTIPLE_DOCS' ? 'a file is one scenario: a second begins here' : message,
  }));
  const placeOf = (path: YamlPath) => yaml.placeOf(yaml.nodeNear(path)) ?? start;

  return {
    value: yaml.value,
    problems,
    placeOf,
    placeOfKey(path, key) {
      const node = yaml.nodeNear(path);
      if (!isMap(node)) return placeOf(path);
      const pair = node.items.find(item => isScalar(item.key) && String(item.key.value) === key);
      return yaml.placeOf(isNode(pair?.key) ? pair.key : node) ?? start;
    },
    placeOfWord(path, index) {
      const node = yaml.nodeNear(path);
      if (!isScalar(node) || !node.range) return placeOf(path);
      const [begin, end] = node.range;
      const written = text.slice(begin, end);
      const words = [...written.matchAll(/[^\s"']+/g)];
      return yaml.placeAt(begin + (words[index]?.index ?? written.length));
    },
  };
}
