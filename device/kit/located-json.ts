/** JSON whose errors say where it is wrong, and nothing of what it holds: the file may be another one than was meant. */

/** No file of ours comes near it. The engine takes 50 bytes of memory for each level. */
const maxDepth = 100;

/** @throws Error with the line and the column, from 1; or where it is nested too deep */
export function parseJson(text: string): unknown {
  refuseDeepJson(text);
  try {
    return JSON.parse(text);
  } catch {
    const good = text.slice(0, lengthThatCouldGoOn(text));
    const line = good.split('\n').length;
    throw new Error(`not JSON: line ${line}, column ${good.length - good.lastIndexOf('\n')}`);
  }
}

/** For who parses it by another parser. @throws Error where it is nested too deep */
export function refuseDeepJson(text: string): void {
  let depth = 0;
  let isInText = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (isInText && character === '\\') i++;
    else if (character === '"') isInText = !isInText;
    else if (!isInText && (character === '[' || character === '{')) depth++;
    else if (!isInText && (character === ']' || character === '}')) depth--;
    if (depth > maxDepth) throw new Error(`nested more than ${maxDepth} deep`);
  }
}

/** The engine's own messages quote the text, and not all have a position. So the longest beginning is sought that only lacks its end. */
function lengthThatCouldGoOn(text: string): number {
  let [good, bad] = [0, text.length + 1];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (couldGoOn(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

function couldGoOn(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    const at = /at position (\d+)/.exec(message)?.[1];
    return at === undefined ? message.includes('end of JSON') : Number(at) >= beginning.length;
  }
}
