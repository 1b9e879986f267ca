/** The bus on a terminal: live screens of both validators, a key to present each passenger, and a command line. */
import { emitKeypressEvents, type Key } from 'node:readline';
import { messageOf } from '../../device/kit/errors.ts';
import { printable } from '../../device/kit/printable.ts';
import { whatHas } from '../bus/belongings.ts';
import type { Bus } from '../bus/bus.ts';
import type { BusEvent } from '../bus/commands/command.ts';
import { describeEvent, describeVerdict, isTap } from '../bus/commands/describe-event.ts';
import { consoleCommand } from '../bus/console.ts';
import { createSaidLast } from '../bus/said-last.ts';
import { postNames } from '../bus/validator-post.ts';
import { csi, layOut, minHistoryRows, passengerKeys, type Shown } from './terminal-layout.ts';
import { createPage, type TerminalPage } from './terminal-page.ts';
import { cutFront } from './terminal-rows.ts';

const presents = { card: 'tap', phone: 'show' };
/** Of the history. */
const keptRows = 200;

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
  const history = postNames.map(post =>
    printable(`${post}: serial console: ${consoleCommand(bus.posts[post])}`),
  );
  const saidLast = createSaidLast(bus);
  const said: Shown['said'] = (post, audience) => saidLast(post, audience).text;
  const underWay = new Set<{ readonly command: string }>();
  let typed: string | undefined;
  /** A long answer, shown alone until a key is pressed. */
  let page: TerminalPage | undefined;
  let redraw: NodeJS.Timeout | undefined;
  let ended = false;

  function draw(): void {
    redraw = undefined;
    const rows = page?.rows(stdout) ?? layOut({ bus, title: printable(title), said, history }, stdout);
    const last = typed === undefined ? underWayText() : `:${typed}`;
    const prompt = cutFront(printable(last), (stdout.columns || 80) - 1);
    stdout.write(`${csi}H${rows.map(row => `${row}${csi}K`).join('\r\n')}\r\n${csi}J${prompt}`);
  }

  function underWayText(): string {
    return underWay.size === 0 ? '' : `${[...underWay].map(({ command }) => command).join(' · ')} …`;
  }

  function changed(): void {
    if (!ended) redraw ??= setTimeout(draw, 30);
  }

  function tell(text: string): void {
    history.push(...text.split('\n').map(printable));
    history.splice(0, history.length - keptRows);
    changed();
  }

  async function carryOut(command: string): Promise<void> {
    const begun = { command };
    underWay.add(begun);
    changed();
    try {
      const event = await run(command);
      // The screens above show the rest of a tap's result.
      const text = isTap(event) ? describeVerdict(event) : describeEvent(event);
      const lines = text.split('\n').map(printable);
      if (lines.length < minHistoryRows) tell(text);
      else page = createPage(lines);
      changed();
    } catch (error) {
      tell(`error: ${messageOf(error)}`);
    } finally {
      underWay.delete(begun);
    }
  }

  function chooseBy(key = ''): void {
    if (key === ':' || key === '/') {
      typed = '';
      return;
    }
    const passenger = bus.passengers[passengerKeys.indexOf(key.toLowerCase())];
    const post = key === key.toLowerCase() ? 'front' : 'rear';
    if (passenger !== undefined) void carryOut(`${presents[whatHas(passenger)]} ${post} ${passenger.id}`);
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
      const isFree = typed === undefined && page === undefined;
      const quits = (key.ctrl && key.name === 'c') || (isFree && text === 'q');
      if (quits) end();
      else if (page !== undefined) page = page.press(key, stdout) ? page : undefined;
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
    bus.onSpoken(changed);
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

/** @returns undefined when the tester leaves the command line */
function edited(typed: string, text: string | undefined, key: Key): string | undefined {
  if (key.name === 'escape') return undefined;
  if (key.name === 'backspace') return typed.slice(0, -1);
  return text !== undefined && text >= ' ' ? typed + text : typed;
}
