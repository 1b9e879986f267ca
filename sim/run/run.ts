/** `run`: starts the simulated bus and hands it to the tester, on a terminal or line by line. */
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Phase } from '../../device/core/phase.ts';
import { say } from '../../device/kit/printable.ts';
import { type Bus, type BusOptions, becomeReady, startBus } from '../bus/bus.ts';
import type { Wiring } from '../bus/card-slots.ts';
import { runCommand } from '../bus/commands/commands.ts';
import { consoleCommand } from '../bus/console.ts';
import { readPassengers, usualPassengers } from '../bus/passengers.ts';
import { postNames } from '../bus/validator-post.ts';
import type { DisplayKind } from '../bus/validator-settings.ts';
import { type Panel, servePanel } from '../panel/server.ts';
import { runLineMode } from './line-mode.ts';
import { runTerminalMode } from './terminal-mode.ts';

export interface RunOptions {
  readonly dir: string;
  readonly line: string;
  readonly phase?: Phase;
  /** Unix milliseconds */
  readonly at?: number;
  readonly speed: number;
  readonly gtfs?: string;
  readonly passengers?: string;
  readonly wires: Wiring;
  readonly json: boolean;
  readonly patient: boolean;
  readonly displays: DisplayKind;
  /** Whether to serve the panel. */
  readonly panel: boolean;
  /** 0 for any free port. */
  readonly panelPort: number;
  readonly uplinks?: BusOptions['uplinks'];
  /** What is done before it ends, and what else ends it. */
  readonly ending?: { readonly signal: AbortSignal; before(bus: Bus): Promise<void> };
}

const patientReadyLimitMs = 180_000;

/** @returns whether every command could be carried out */
export async function runBus(options: RunOptions): Promise<boolean> {
  const {
    dir,
    line,
    at,
    speed,
    phase = at === undefined ? 'enforced' : 'by-the-clock',
    gtfs,
    passengers,
    json,
    displays,
    wires,
    patient: isPatient,
    uplinks,
    ending,
  } = options;
  const list = passengers === undefined ? usualPassengers : readPassengers(passengers);
  const stop = new AbortController();
  const stopped = once(stop.signal, 'abort');
  process.on('SIGTERM', () => stop.abort());
  process.on('SIGINT', () => stop.abort());
  ending?.signal.addEventListener('abort', () => stop.abort());
  const directory = resolve(dir);
  const bus = await startBus({
    directory,
    line,
    at,
    speed,
    phase,
    gtfs,
    passengers: list,
    displays,
    wires,
    uplinks,
    isPatient,
  });
  let panel: Panel | undefined;
  try {
    if (options.panel) panel = await servePanel(bus, { port: options.panelPort, directory, line });
    const run = panel?.run ?? (async (command: string) => runCommand(bus, command));
    if (!stop.signal.aborted)
      await Promise.race([becomeReady(bus, isPatient ? patientReadyLimitMs : undefined), stopped]);
    if (stop.signal.aborted) return true;
    await bus.begin();
    if (process.stdin.isTTY && process.stdout.isTTY && !json) {
      const title = ['Bus 1', `line ${line}`, phase, panel?.url].filter(Boolean).join(' · ');
      await runTerminalMode(bus, run, title, stop.signal);
      return true;
    }
    announce(bus, panel, json);
    return await runLineMode(bus, run, json, stop.signal);
  } finally {
    await ending?.before(bus);
    await panel?.close();
    await bus.close();
  }
}

function announce(bus: Bus, panel: Panel | undefined, json: boolean): void {
  const { feedUrl, siteUrl } = bus.office;
  const urls = { ...(panel && { panel: panel.url }), site: siteUrl, feed: feedUrl };
  for (const [event, url] of Object.entries(urls)) {
    say(json ? JSON.stringify({ event, url }) : `${event}: ${url}`);
  }
  for (const validator of postNames) {
    const { consolePort, cardPort } = bus.posts[validator];
    const at = (port: number) => `tcp://127.0.0.1:${port}`;
    const event = { event: 'validator', validator, console: at(consolePort), cardReader: at(cardPort) };
    const text = `${validator}: serial console: ${consoleCommand(bus.posts[validator])}`;
    say(json ? JSON.stringify(event) : text);
  }
}
