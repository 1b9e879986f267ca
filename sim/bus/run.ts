/** `run`: starts the simulated bus and hands it to the tester, on a terminal or line by line. */
import { resolve } from 'node:path';
import type { Phase } from '../../device/core/policy.ts';
import { type Bus, postNames, startBus } from './bus.ts';
import type { Wiring } from './card-slots.ts';
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
}

/** @returns whether every command could be carried out */
export async function runBus(options: RunOptions): Promise<boolean> {
  const { dir, line, phase, passengers, json, displays, wires } = options;
  const list = passengers === undefined ? usualPassengers : readPassengers(passengers);
  const stop = new AbortController();
  process.on('SIGTERM', () => stop.abort());
  process.on('SIGINT', () => stop.abort());
  const bus = await startBus({ directory: resolve(dir), line, phase, passengers: list, displays, wires });
  try {
    await ready(bus);
    if (process.stdin.isTTY && process.stdout.isTTY && !json) {
      await runTerminalMode(bus, `Bus 1 · line ${line} · ${phase}`, stop.signal);
      return true;
    }
    announce(bus, json);
    return await runLineMode(bus, json, stop.signal);
  } finally {
    await bus.close();
  }
}

/**
 * Both validators say ready and have their first data from the feed, or have had time enough to: then the tester sees
 * what is wrong on the screens.
 */
function ready(bus: Bus): Promise<unknown> {
  const waiting = new Set(postNames.flatMap(post => [`${post} ready`, `${post} links`]));
  return new Promise(done => {
    const timer = setTimeout(done, 10_000);
    bus.onLog((post, { event, usable }) => {
      if (event !== 'links' || usable === true) waiting.delete(`${post} ${event}`);
      if (waiting.size > 0) return;
      clearTimeout(timer);
      done(undefined);
    });
  });
}

function announce(bus: Bus, json: boolean): void {
  const { feedUrl, siteUrl } = bus.office;
  for (const [event, url] of Object.entries({ site: siteUrl, feed: feedUrl })) {
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
