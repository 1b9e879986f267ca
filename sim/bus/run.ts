/** `run`: starts the simulated bus and hands it to the tester, on a terminal or line by line. */
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Phase } from '../../device/core/policy.ts';
import { type Panel, servePanel } from '../panel/server.ts';
import { type Bus, postNames, startBus } from './bus.ts';
import type { Wiring } from './card-slots.ts';
import { runCommand } from './commands.ts';
import { consoleCommand } from './console.ts';
import { runLineMode } from './line-mode.ts';
import { readPassengers, usualPassengers } from './passengers.ts';
import { runTerminalMode } from './terminal-mode.ts';
import type { DisplayKind } from './validator-post.ts';

export interface RunOptions {
  readonly dir: string;
  readonly line: string;
  readonly phase: Phase;
  readonly passengers?: string;
  readonly wires: Wiring;
  readonly json: boolean;
  readonly displays: DisplayKind;
  /** Whether there is one. */
  readonly panel: boolean;
  /** 0 for any that is free. */
  readonly panelPort: number;
}

/** @returns whether every command could be carried out */
export async function runBus(options: RunOptions): Promise<boolean> {
  const { dir, line, phase, passengers, json, displays, wires } = options;
  const list = passengers === undefined ? usualPassengers : readPassengers(passengers);
  const stop = new AbortController();
  const stopped = once(stop.signal, 'abort');
  process.on('SIGTERM', () => stop.abort());
  process.on('SIGINT', () => stop.abort());
  const directory = resolve(dir);
  const bus = await startBus({ directory, line, phase, passengers: list, displays, wires });
  let panel: Panel | undefined;
  try {
    if (options.panel) panel = await servePanel(bus, { port: options.panelPort, directory, line });
    const run = panel?.run ?? (async (command: string) => runCommand(bus, command));
    if (!stop.signal.aborted) await Promise.race([ready(bus), stopped]);
    if (stop.signal.aborted) return true;
    if (process.stdin.isTTY && process.stdout.isTTY && !json) {
      const title = ['Bus 1', `line ${line}`, phase, panel?.url].filter(Boolean).join(' · ');
      await runTerminalMode(bus, run, title, stop.signal);
      return true;
    }
    announce(bus, panel, json);
    return await runLineMode(bus, run, json, stop.signal);
  } finally {
    await panel?.close();
    await bus.close();
  }
}

/**
 * Both validators say ready and have their first data from the feed, or have had time enough to: then the tester sees
 * what is wrong on the screens.
 * @returns whether they do
 */
export function ready(bus: Bus, limitMs = 30_000): Promise<boolean> {
  const waiting = new Set(postNames.flatMap(post => [`${post} ready`, `${post} links`]));
  return new Promise(done => {
    const timer = setTimeout(done, limitMs, false).unref();
    bus.onLog((post, { event, usable }) => {
      if (event !== 'links' || usable === true) waiting.delete(`${post} ${event}`);
      if (waiting.size > 0) return;
      clearTimeout(timer);
      done(true);
    });
  });
}

function announce(bus: Bus, panel: Panel | undefined, json: boolean): void {
  const { feedUrl, siteUrl } = bus.office;
  const urls = { ...(panel && { panel: panel.url }), site: siteUrl, feed: feedUrl };
  for (const [event, url] of Object.entries(urls)) {
    process.stdout.write(`${json ? JSON.stringify({ event, url }) : `${event}: ${url}`}\n`);
  }
  for (const validator of postNames) {
    const { consolePort, cardPort } = bus.posts[validator];
    const at = (port: number) => `tcp://127.0.0.1:${port}`;
    const event = { event: 'validator', validator, console: at(consolePort), cardReader: at(cardPort) };
    const text = `${validator}: serial console: ${consoleCommand(bus.posts[validator])}`;
    process.stdout.write(`${json ? JSON.stringify(event) : text}\n`);
  }
}
