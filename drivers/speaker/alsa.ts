/**
 * A loudspeaker on a sound card: each prompt is a WAV file, which `aplay` plays (aplay.ts).
 *
 * The next prompt cuts off the one that is heard. One that cannot begin in time is not said later, when other passengers stand there.
 * A card that takes no sound, as one that hangs does, is a fault until a prompt has been played to its end.
 */
import type { Prompt } from '../../device/core/prompt.ts';
import type { Audience } from '../../device/core/screen.ts';
import { DeviceError } from '../../device/kit/errors.ts';
import { keepRunning } from '../../device/kit/keep-running.ts';
import { createWatchdog, everySecond, monotonic } from '../../device/kit/time.ts';
import type { Speaker } from '../../device/ports.ts';
import { createHealth, type Health } from '../wire/health.ts';
import { type Player, startPlayer } from './aplay.ts';
import { isSame, noRecordings, readRecordings } from './recordings.ts';
import { durationMs, rendered, type Sound } from './wav.ts';

export interface AlsaSpeakerOptions {
  readonly name: string;
  readonly audience: Audience;
  /** As `aplay -L` lists it. */
  readonly device: string;
  /** The folder of the WAV files. */
  readonly prompts: string;
  /** A prompt that begins or ends so much later than it should is a fault. */
  readonly timeoutMs: number;
}

interface Utterance {
  readonly prompt: Prompt;
  readonly sound: Sound;
  /** On the monotonic clock. */
  readonly askedAt: number;
}

/** One `aplay`, from its start to its end. */
interface Turn {
  readonly player: Player;
  readonly begin: (utterance: Utterance) => void;
  isSounding: boolean;
  isCutOff: boolean;
}

/** A machine that starts has much else to do; a card that has not opened by then hangs. */
const openingMs = 5000;

export function createAlsaSpeaker(options: AlsaSpeakerOptions): Speaker {
  const { name, audience, device, timeoutMs } = options;
  const stop = new AbortController();
  let recordings = noRecordings;
  let wanted: readonly string[] = [];
  let loading = Promise.resolve();
  let isReading = false;
  let stopLooking = () => {};
  let running: Promise<void> | undefined;
  let health: Health | undefined;
  /** Undefined until the card is open. */
  let turn: Turn | undefined;
  let next: Utterance | undefined;
  let isHung = false;

  async function attempt(): Promise<void> {
    next = undefined;
    try {
      while (!stop.signal.aborted) await takeTurn();
    } catch (error) {
      if (error instanceof DeviceError) health?.failed(error);
      throw error;
    }
  }

  async function takeTurn(): Promise<void> {
    await loading;
    const { format } = recordings;
    const player = await startPlayer(name, device, format);
    let hangs = (_: DeviceError) => {};
    const hung = new Promise<never>((_, reject) => {
      hangs = reject;
    });
    const unopened = createWatchdog(Math.max(timeoutMs, openingMs), () => {
      hangs(new DeviceError('timeout', name, 'the sound card does not open'));
    });
    const overdue = createWatchdog(0, () => {
      isHung = true;
      hangs(new DeviceError('timeout', name, 'the sound card does not take the sound'));
    });
    const gone = player.gone.then(why => {
      throw new DeviceError('disconnected', name, why);
    });
    const stopWaiting = () => player.kill();
    stop.signal.addEventListener('abort', stopWaiting);
    try {
      if (stop.signal.aborted) player.kill();
      unopened.restart();
      const isOpen = await Promise.race([player.opened, gone, hung]);
      unopened.stop();
      if (isOpen) {
        turn = {
          player,
          isSounding: false,
          isCutOff: !isSame(format, recordings.format),
          begin: ({ sound, prompt }) => {
            const samples = rendered(sound, prompt);
            overdue.restart(durationMs({ ...sound, samples }) + timeoutMs);
            player.play(samples);
          },
        };
        tellHealth();
        if (turn.isCutOff) player.kill();
        else sayNext(turn);
      }
      const { code, why } = await Promise.race([player.ended, gone, hung]);
      const isPlayed = code === 0 && turn?.isSounding === true;
      if (!isPlayed && turn?.isCutOff !== true) throw new DeviceError('disconnected', name, why);
      if (!isPlayed) return;
      isHung = false;
      tellHealth();
    } finally {
      turn = undefined;
      unopened.stop();
      overdue.stop();
      stop.signal.removeEventListener('abort', stopWaiting);
      await player.close();
    }
  }

  function sayNext(now: Turn): void {
    const utterance = next;
    next = undefined;
    if (utterance === undefined || monotonic() - utterance.askedAt > timeoutMs) return;
    now.isSounding = true;
    now.begin(utterance);
  }

  function cutOff(now: Turn): void {
    now.isCutOff = true;
    now.player.kill();
  }

  function tellHealth(): void {
    const { lacking } = recordings;
    if (isHung || turn === undefined) return;
    if (lacking.length === 0) health?.working();
    else health?.failed(new DeviceError('hindered', name, `lacks prompts: ${lacking.join(', ')}`));
  }

  function load(): void {
    const before = loading;
    loading = (async () => {
      await before;
      const { format } = recordings;
      recordings = await readRecordings(options.prompts, wanted);
      isReading = false;
      tellHealth();
      if (turn !== undefined && !isSame(format, recordings.format)) cutOff(turn);
    })();
  }

  /** Somebody may copy there what is lacking. */
  function lookForLacking(): void {
    if (recordings.lacking.length === 0 || isReading) return;
    isReading = true;
    load();
  }

  return {
    name,
    audience,
    open(events) {
      health = createHealth(events, stop.signal);
      running ??= keepRunning(attempt, stop.signal);
      stopLooking = everySecond(lookForLacking);
    },
    prepare(prompts) {
      wanted = prompts;
      load();
    },
    play(prompt) {
      const sound = recordings.sounds.get(prompt.id);
      if (sound === undefined || stop.signal.aborted) return;
      next = { prompt, sound, askedAt: monotonic() };
      if (turn?.isSounding) cutOff(turn);
      else if (turn !== undefined) sayNext(turn);
    },
    async close() {
      stop.abort();
      stopLooking();
      await running;
      await loading;
    },
  };
}
