/**
 * The inside of a simulated Nextion or TJC display: bytes in, bytes out, with the return codes and the levels of `bkcmd` of
 * the public instruction set. Power-on makes it forget all that it was told; asleep it carries out only `get` and `sleep`.
 */
import { carryOut, createHmi, invalidInstruction, succeeded, tick, turnTo } from './hmi.ts';
import { lightOf, linesOf } from './page.ts';
import { createSerialInput, end, reparseExit } from './serial-input.ts';

export interface NextionOptions {
  /** What the project on the display has its texts in, by iconv's name. */
  readonly encoding?: string;
  /** Components that the project lacks. */
  readonly missing?: readonly string[];
  /** It says so when it starts, as older projects and those made by the book do. */
  readonly announces?: boolean;
  /** Its project is older than Nextion Editor 1.61.1: `get` is answered with the value, and then as any other instruction. */
  readonly confirmsGet?: boolean;
}

export interface NextionMachine {
  write(bytes: Uint8Array): void;
  powerOn(): void;
  /** Falls asleep by itself, as after thsp seconds without a touch. */
  fallAsleep(): void;
  /** Somebody touches a component of the page. */
  press(component: number): void;
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

/** The project's timer fires so often. */
const timerMs = 500;
const overflowed = 0x24;
const fallenAsleep = 0x86;
const touched = 0x65;
/** The crew's key on the project's page `screen`, by the editor's numbers. */
export const confirmComponent = { page: 1, component: 12 } as const;
const poweredUp = Buffer.of(0, 0, 0, ...end, 0x88);

export function createNextionMachine(options: NextionOptions, { answer, changed }: Wire): NextionMachine {
  const { encoding = 'gb2312', missing = [], announces = true, confirmsGet = false } = options;
  const sounds: string[] = [];
  const refused: string[] = [];
  let hmi = createHmi(missing, sounds, encoding);
  const say = (...message: number[]) => answer(Buffer.of(...message, ...end));
  const isAsleep = () => hmi.variables.get('sleep') === 1;
  const isReparsing = () => hmi.variables.get('recmod') === 1;
  const input = createSerialInput({ instruction: execute, overflow: () => say(overflowed), isReparsing });
  /** Instructions that wait for `com_star`. */
  let heldUp: string[] | undefined;

  function execute(text: string): void {
    if (text === reparseExit) leaveReparsing();
    else if (text === 'com_stop') heldUp ??= [];
    else if (text === 'com_star') goOn();
    else if (heldUp !== undefined) heldUp.push(text);
    else perform(text);
  }

  function leaveReparsing(): void {
    if (!isReparsing()) answerCode(invalidInstruction);
    hmi.variables.set('recmod', 0);
  }

  function goOn(): void {
    const texts = heldUp ?? [];
    heldUp = undefined;
    answerCode(succeeded);
    for (const text of texts) perform(text);
  }

  function perform(text: string): void {
    if (isAsleep() && !/^(get |sleep=)/.test(text)) return;
    const outcome = text === 'rest' ? 'restart' : carryOut(hmi, text);
    if (outcome === 'restart') powerOn();
    else if (typeof outcome === 'number') conclude(text, outcome);
    else {
      say(...outcome);
      if (confirmsGet) answerCode(succeeded);
    }
  }

  function conclude(text: string, code: number): void {
    const isDone = code === succeeded;
    if (isDone) changed();
    else if (text !== '') refused.push(`${code.toString(16).padStart(2, '0')} ${text.slice(0, 40)}`);
    answerCode(code);
  }

  function answerCode(code: number): void {
    const isDone = code === succeeded;
    const level = hmi.variables.get('bkcmd');
    if (level === 3 || level === (isDone ? 1 : 2)) say(code);
  }

  function powerOn(): void {
    input.clear();
    heldUp = undefined;
    hmi = createHmi(missing, sounds, encoding);
    changed();
    if (announces) say(...poweredUp);
  }

  setInterval(() => {
    if (!isAsleep() && tick(hmi)) changed();
  }, timerMs).unref();

  return {
    write: input.write,
    powerOn,
    fallAsleep() {
      hmi.variables.set('sleep', 1);
      say(fallenAsleep);
      changed();
    },
    press(component) {
      if (!isAsleep()) say(touched, hmi.dp, component, 1);
    },
    goTo(page) {
      if (turnTo(hmi, page) === succeeded) changed();
    },
    setPace: input.setPace,
    lines: () => (isAsleep() ? [] : linesOf(hmi.page, encoding)),
    light: () => (isAsleep() ? 'off' : lightOf(hmi.page)),
    sounds,
    refused,
  };
}
