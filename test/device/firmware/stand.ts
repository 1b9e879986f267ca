/** A test stand: one firmware process, the far ends of all its wires, and passengers to present what they carry. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { parse, stringify } from 'yaml';
import { toHex } from '../../../device/core/bytes.ts';
import type { Phase } from '../../../device/core/phase.ts';
import { isRideCode } from '../../../device/core/ride-code.ts';
import type { Audience } from '../../../device/core/screen.ts';
import type { GreyFrame } from '../../../drivers/code-reader/engine.ts';
import type { TapRow } from '../../../sim/backoffice/intake/tap-row.ts';
import type { BusTime } from '../../../sim/bus/bus-time.ts';
import type { LogLine } from '../../../sim/bus/firmware-process.ts';
import { startValidatorPost, type ValidatorPost } from '../../../sim/bus/validator-post.ts';
import type { DisplayKind, FirmwareSettings } from '../../../sim/bus/validator-settings.ts';
import { connectConsole } from '../../../sim/wires/console-client.ts';
import type { CardFault, WireCard } from '../../../sim/wires/vpcd-card.ts';
import { type BackOffice, type DataState, setUpBackOffice } from '../../delivered-cache.ts';
import { withGenerousLimits } from '../../generous-limits.ts';
import { type TestContext, until } from '../../harness.ts';
import { plainRows } from '../../journal-rows.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { type Crowd, createCrowd } from './crowd.ts';

/** Each picture costs the firmware and its test processor time. */
const framesPerSecond = 2;
/** What a scanner prints within 150 ms after another code, and is no ride code, is of the same salvo. */
export const nextPassengerMs = 200;
/**
 * A limit for cards that are to reach it, at a reader whose next card must not: many times what a busy machine takes to
 * read a card.
 */
export const strictCardMs = 8000;

/** Cards are given up on after some seconds, for tests of cards that do not answer. */
export const strictWithCards = {
  settings: ({ cardReaders }: FirmwareSettings): Settings => ({
    cardReaders: cardReaders.map(reader => ({ ...reader, apduTimeoutMs: strictCardMs })),
    cardTimeoutMs: strictCardMs,
  }),
};

export interface StandOptions {
  readonly line?: string;
  readonly phase?: Phase;
  readonly data?: DataState;
  /** Settings that differ from the usual ones, which have generous limits. */
  readonly settings?: Settings | ((usual: FirmwareSettings) => Settings);
  /** Makes what the firmware is to find as it starts. @returns further settings */
  readonly prepare?: (before: BeforeStart) => Promise<Settings>;
  /** Sets the far ends of the wires before the firmware finds them. */
  readonly setWires?: (post: ValidatorPost) => void;
  /** It has its camera: the decoder takes a third of a start's processor time. */
  readonly camera?: boolean;
  /** The policy, where it differs from the pilot's. */
  readonly policy?: Settings;
  readonly displays?: DisplayKind;
  /** It debits cards: its PSAM's number. */
  readonly terminal?: string;
  /** The time on the bus; this computer's unless given. */
  readonly time?: BusTime;
}

export type Settings = Readonly<Record<string, unknown>>;

/** What is there before the firmware starts. */
export interface BeforeStart {
  /** The validator's own. */
  readonly directory: string;
  readonly office: BackOffice;
  readonly crowd: Crowd;
}

export type Stand = Awaited<ReturnType<typeof startStand>>;

export async function startStand(context: TestContext, options: StandOptions = {}) {
  const directory = temporaryDirectory(context);
  return startStandIn(directory, context, options);
}

/** @param directory the validator's files are in its `front` */
export async function startStandIn(directory: string, context: TestContext, options: StandOptions = {}) {
  const {
    line = '2',
    phase = 'enforced',
    data = 'fresh',
    settings = {},
    prepare,
    setWires,
    camera = false,
    policy = {},
    displays,
    terminal,
    time,
  } = options;
  const office: BackOffice = setUpBackOffice(join(directory, 'office'), phase, Date.now());
  const crowd: Crowd = createCrowd(office.issuer);
  office.publish(crowd.links, data);
  changeSettings(office.files.policy, policy);
  const home = join(directory, 'front');
  const prepared = await prepare?.({ directory: home, office, crowd });
  const log: LogLine[] = [];
  const post: ValidatorPost = await startValidatorPost(
    'front',
    line,
    home,
    office.files,
    (_, entry) => log.push(entry),
    {
      displays,
      framesPerSecond,
      terminal,
      ...(time && { time }),
      change: usual => ({
        ...withGenerousLimits(camera ? usual : withoutCamera(usual)),
        ...(typeof settings === 'function' ? settings(usual) : settings),
        ...prepared,
      }),
    },
  );
  setWires?.(post);
  context.after(() => post.close());
  const stand = {
    office,
    crowd,
    log,
    post,
    directory: home,
    ...actsOn(post, log, home, context),
  };
  await stand.ready();
  return stand;
}

function withoutCamera(usual: FirmwareSettings): FirmwareSettings {
  return { ...usual, codeReaders: usual.codeReaders.filter(({ driver }) => driver !== 'camera') };
}

function actsOn(post: ValidatorPost, log: LogLine[], directory: string, { after }: TestContext) {
  const file = (name: string) => join(directory, name);
  let readyFrom = 0;
  const now = (audience: Audience) => {
    const screen = post.screens[audience];
    return [`light ${screen.light()}`, ...screen.lines()].join('\n');
  };
  /** Each screen drawn since the last medium was presented. */
  const drawn: Record<Audience, string[]> = { passenger: [], crew: [] };
  for (const audience of ['passenger', 'crew'] as const) {
    after(post.screens[audience].onChange(() => drawn[audience].push(now(audience))));
  }

  /** @param screens what a screen says, or has said */
  async function waitFor(
    audience: Audience,
    texts: readonly string[],
    screens: () => string[],
  ): Promise<string> {
    try {
      return await until(`${audience}: ${texts.join(', ')}`, () =>
        screens().find(shown => texts.every(text => shown.includes(text))),
      );
    } catch (error) {
      throw new Error(`${String(error)}, shown:\n${now(audience)}`);
    }
  }

  async function logged(event: string | readonly string[], from: number): Promise<LogLine> {
    const wanted = [event].flat();
    const found = () => log.slice(from).find(entry => wanted.includes(entry.event));
    return until(`log: ${wanted.join(' or ')}`, found);
  }

  /** Presents something and waits for what the log says of it. */
  async function present(act: () => unknown): Promise<LogLine> {
    const from = log.length;
    for (const seen of Object.values(drawn)) seen.length = 0;
    await act();
    return logged(['tap', 'card-lost'], from);
  }

  const acts = {
    logged,
    present,
    async ready(): Promise<void> {
      const { event } = await logged(['ready', 'stderr'], readyFrom);
      if (event === 'stderr') throw new Error(`the firmware: ${log.map(({ text }) => text ?? '').join(' ')}`);
    },
    async tap(card: WireCard, ...faults: CardFault[]): Promise<LogLine> {
      let held: Awaited<ReturnType<ValidatorPost['insert']>> | undefined;
      const outcome = await present(async () => {
        held = await post.insert(card, faults);
      });
      await held?.remove();
      return outcome;
    },
    async scan(code: string | Uint8Array): Promise<LogLine> {
      if (typeof code === 'string' || !isRideCode(code)) await delay(nextPassengerMs);
      return present(() => post.scanner.send(typeof code === 'string' ? code : toHex(code)));
    },
    /** Before its camera. */
    async show(frame: GreyFrame): Promise<LogLine> {
      const outcome = await present(() => post.show(frame));
      post.show(undefined);
      return outcome;
    },
    /** Waits until a screen says all of this; texts that begin with `light ` are about the light. */
    shows: (audience: Audience, ...texts: readonly string[]) =>
      waitFor(audience, texts, () => [now(audience)]),
    /** Waits until a screen says all of this, or finds that it has since the last medium was presented. */
    showed: (audience: Audience, ...texts: readonly string[]) =>
      waitFor(audience, texts, () => [...drawn[audience], now(audience)]),
    /** Of a validator without an uplink, whose rows are not sealed. */
    rows: (): readonly TapRow[] => plainRows(file('journal.sqlite')),
    /** Cuts the power; the supervisor starts the firmware again. */
    async cutPower(meanwhile: () => unknown = () => undefined): Promise<void> {
      readyFrom = log.length;
      post.firmware.cutPower();
      await logged('exit', readyFrom);
      await meanwhile();
    },
    async restartWith(settings: Readonly<Record<string, unknown>>): Promise<void> {
      await acts.cutPower(() => changeSettings(file('config.yaml'), settings));
      await acts.ready();
    },
    /** Types one command on the console; @returns all that was printed up to the next prompt. */
    async ask(command: string): Promise<string> {
      const technician = await acts.technician();
      const answer = await technician.ask(command);
      await technician.close();
      return answer;
    },
    async technician() {
      const client = await connectConsole({ host: '127.0.0.1', port: post.consolePort });
      after(() => client.close());
      const text = () => stripVTControlCharacters(client.output);
      const prompts = () => text().split('bus-1-front> ').length - 1;
      await until('the prompt', () => prompts() > 0);
      return {
        text,
        type: client.type,
        close: client.close,
        closed: client.closed,
        async ask(command: string): Promise<string> {
          const from = text().length;
          const before = prompts();
          client.type(`${command}\r`);
          await until(`the prompt after ${command}`, () => prompts() > before);
          return text().slice(from);
        },
      };
    },
    /** SIGTERM; @returns how it ended */
    async stop(): Promise<{ code: unknown; signal: unknown }> {
      const from = log.length;
      await post.firmware.stop();
      const { code, signal } = await logged('exit', from);
      return { code, signal };
    },
  };
  return acts;
}

/** @param file of settings or of a policy */
export function changeSettings(file: string, settings: Readonly<Record<string, unknown>>): void {
  const before: Record<string, unknown> = parse(readFileSync(file, 'utf8'));
  writeFileSync(file, stringify({ ...before, ...settings }));
}
