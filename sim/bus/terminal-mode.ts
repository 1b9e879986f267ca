/** The bus on a terminal: both validators' screens live, a key to present each passenger, a line for commands. */
import { emitKeypressEvents, type Key } from 'node:readline';
import stringWidth from 'string-width';
import { messageOf } from '../../device/errors.ts';
import { type Audience, type Bus, postNames } from './bus.ts';
import { consoleCommand } from './console.ts';
import { describeEvent, describeVerdict, isTap } from './describe.ts';
import type { Passenger } from './passengers.ts';
import type { BusEvent } from './words.ts';

const screenWidth = 40;
const passengerRows = { roomy: 9, tight: 8 };
const crewRows = 11;
const minHistoryRows = 4;
/** q is to quit. */
const keys = 'abcdefghijklmnoprstuvwxyz';
const csi = '\u001b[';
const lights: Record<string, string> = { green: '42', amber: '43', red: '41', off: '100' };

/**
 * Runs until `quit`, q, Ctrl-C or the signal.
 * @param run carries out a command
 */
export function runTerminalMode(
  bus: Bus,
  run: (command: string) => Promise<BusEvent>,
  title: string,
  signal: AbortSignal,
): Promise<void> {
  const { stdin, stdout } = process;
  const history = postNames.map(post => `${post}: serial console: ${consoleCommand(bus.posts[post])}`);
  let typed: string | undefined;
  /** A long answer in place of all else, until a key is pressed. */
  let page: readonly string[] | undefined;
  let redraw: NodeJS.Timeout | undefined;
  let ended = false;

  function draw(): void {
    redraw = undefined;
    const rows = page ?? layOut(bus, title, history, stdout);
    const prompt = typed === undefined ? '' : `:${typed}`;
    stdout.write(`${csi}H${rows.map(row => `${row}${csi}K`).join('\r\n')}\r\n${csi}J${prompt}`);
  }

  function changed(): void {
    if (!ended) redraw ??= setTimeout(draw, 30);
  }

  function tell(text: string): void {
    history.push(...text.split('\n').flatMap(row => row.slice(0, (stdout.columns || 80) - 1)));
    changed();
  }

  async function carryOut(command: string): Promise<void> {
    try {
      const event = await run(command);
      // What a tap showed stands on the screens above.
      const text = isTap(event) ? describeVerdict(event) : describeEvent(event);
      const lines = text.split('\n');
      if (lines.length < minHistoryRows) tell(text);
      else page = [...lines, '', 'any key: back'];
      changed();
    } catch (error) {
      tell(`error: ${messageOf(error)}`);
    }
  }

  function chooseBy(key = ''): void {
    if (key === ':' || key === '/') {
      typed = '';
      return;
    }
    const passenger = bus.passengers[keys.indexOf(key.toLowerCase())];
    const post = key === key.toLowerCase() ? 'front' : 'rear';
    if (passenger !== undefined) void carryOut(`${howToPresent(passenger)} ${post} ${passenger.id}`);
  }

  return new Promise(resolve => {
    const end = () => {
      ended = true;
      clearTimeout(redraw);
      stdin.off('keypress', onKey).setRawMode(false).pause();
      stdout.off('resize', changed).write(`${csi}?1049l`);
      resolve();
    };

    function onKey(text: string | undefined, key: Key): void {
      const quits = (key.ctrl && key.name === 'c') || (typed === undefined && text === 'q');
      if (quits) end();
      else if (page !== undefined) page = undefined;
      else if (typed === undefined) chooseBy(text);
      else if (key.name === 'return') enter(typed.trim());
      else typed = edited(typed, text, key);
      changed();
    }

    function enter(command: string): void {
      typed = undefined;
      if (command === 'quit') end();
      else if (command !== '') void carryOut(command);
    }

    bus.onScreen(changed);
    bus.onLog((post, { event, level, problem, part, name }) => {
      if (level !== 'info' || event === 'exit')
        tell(`${post}: ${[event, part, name, problem].filter(Boolean).join(' ')}`);
    });
    signal.addEventListener('abort', end);
    emitKeypressEvents(stdin);
    stdin.setRawMode(true).on('keypress', onKey).resume();
    stdout.on('resize', changed).write(`${csi}?1049h${csi}2J`);
    draw();
  });
}

/** @returns undefined when the command line is left */
function edited(typed: string, text: string | undefined, key: Key): string | undefined {
  if (key.name === 'escape') return undefined;
  if (key.name === 'backspace') return typed.slice(0, -1);
  return text !== undefined && text >= ' ' ? typed + text : typed;
}

function howToPresent({ medium }: Passenger): 'tap' | 'show' {
  return medium === 'ride-code' ? 'show' : 'tap';
}

/** All rows but the command line's: down to 24 rows of 80 columns, the crews' screens where there is room. */
function layOut(bus: Bus, title: string, history: readonly string[], { rows = 40, columns = 84 }): string[] {
  const list = passengerList(bus);
  const roomy = rows >= list.length + passengerRows.roomy + minHistoryRows + 4;
  const blank = roomy ? [''] : [];
  const gap = columns >= 2 * screenWidth + 2 ? '  ' : '';
  const passengers = screensOf(bus, 'passenger', passengerRows[roomy ? 'roomy' : 'tight'], gap);
  const top = [title, ...passengers];
  const bottom = [...blank, ...list, ...blank];
  const left = rows - 1 - top.length - bottom.length;
  const crews = left >= crewRows + minHistoryRows ? screensOf(bus, 'crew', crewRows, gap) : [];
  return [...top, ...crews, ...bottom, ...history.slice(-Math.max(1, left - crews.length))];
}

/** Both validators' screens for one audience, side by side. */
function screensOf(bus: Bus, audience: Audience, rows: number, gap: string): string[] {
  const screens = postNames.map(post => {
    const { light, lines } = bus.screen(post, audience);
    const band = `${csi}${lights[light] ?? '100'}m${fit(` ${post} · ${audience}`)}${csi}0m`;
    return [band, ...lines.map(fit)];
  });
  return Array.from({ length: rows }, (_, row) => screens.map(screen => screen[row] ?? fit('')).join(gap));
}

function passengerList(bus: Bus): string[] {
  const cells = bus.passengers
    .slice(0, keys.length)
    .map(({ id, medium, health }, i) => `${keys[i]} ${id.padEnd(17)}${medium.padEnd(10)} ${health}`);
  const half = Math.ceil(cells.length / 2);
  const rows = cells.slice(0, half).map((cell, i) => `${cell.padEnd(screenWidth)}${cells[half + i] ?? ''}`);
  return ['letter: front · capital: rear · : command (help) · q quit', ...rows];
}

function fit(text: string): string {
  return text + ' '.repeat(Math.max(0, screenWidth - stringWidth(text)));
}
