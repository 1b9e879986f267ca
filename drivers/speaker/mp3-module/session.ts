/**
 * One module on an open wire: found, watched, and told what to play.
 *
 * It is asked twice a second how it is. Which of its tracks are missing shows when they are asked for; it stays a fault until each
 * of them has been played, or the module has started anew.
 */
import type { Duplex } from 'node:stream';
import type { Prompt } from '../../../device/core/prompt.ts';
import { DeviceError } from '../../../device/kit/errors.ts';
import type { Link } from '../../wire/supervised-stream.ts';
import { createExchange } from './exchange.ts';
import { type Frame, readFrames } from './frames.ts';
import { errors, instructions, loudest, memoryCard, reports } from './instructions.ts';

/** A prompt and where it is. */
export interface Wanted {
  readonly prompt: Prompt;
  readonly track: number;
}

export interface Mp3Session {
  play(wanted: Wanted): void;
  /** What the settings have no track for may have changed. */
  tellHealth(): void;
  stop(): void;
}

export interface Mp3SessionOptions {
  readonly name: string;
  readonly answerTimeoutMs: number;
  /** The prompts that the settings have no track for. */
  unknown(): readonly string[];
}

const heartbeatMs = 500;
/** Modules of some makes tell twice that a track has ended. */
const pauseMs = 300;

export function startSession(
  stream: Duplex,
  link: Link,
  { name, answerTimeoutMs, unknown }: Mp3SessionOptions,
): Mp3Session {
  let isFound = false;
  let hasCard = true;
  let volume: number | undefined;
  let next: Wanted | undefined;
  let sounding: { readonly wanted: Wanted; timesLeft: number } | undefined;
  let pause: NodeJS.Timeout | undefined;
  const missing = new Map<string, number>();
  const exchange = createExchange(answerTimeoutMs, {
    write: bytes => stream.write(bytes),
    idle: goOn,
    failed: (kind, why) => link.failed(new DeviceError(kind, name, why)),
  });
  const stopReading = readFrames(stream, take);
  const heartbeat = setInterval(() => {
    // Here, not with each report: a loose memory card reports without end.
    tellHealth();
    if (exchange.isIdle) askStatus();
  }, heartbeatMs);
  askStatus();

  function askStatus(): void {
    const { askStatus: code } = instructions;
    exchange.send({ code, value: 0, answer: code, answered: () => isFound || askFiles() });
  }

  function askFiles(): void {
    const { askFiles: code } = instructions;
    const found = (files: number) => {
      isFound = true;
      hasCard = files > 0;
      tellHealth();
    };
    exchange.send({ code, value: 0, answer: code, answered: found, refused: () => found(0) });
  }

  function goOn(): void {
    if (!isFound || next === undefined) return;
    const { prompt } = next;
    const wantedVolume = Math.round((prompt.volumePercent * loudest) / 100);
    if (wantedVolume === volume) {
      sounding = { wanted: next, timesLeft: prompt.times };
      next = undefined;
      playTrack(sounding.wanted);
    } else {
      const answered = () => {
        volume = wantedVolume;
      };
      exchange.send({ code: instructions.setVolume, value: wantedVolume, answer: reports.done, answered });
    }
  }

  function playTrack({ prompt: { id }, track }: Wanted): void {
    exchange.send({
      code: instructions.playTrack,
      value: track,
      answer: reports.done,
      answered() {
        if (missing.delete(id)) tellHealth();
      },
      refused(error) {
        if (error !== errors.notFound && error !== errors.outOfRange) {
          link.failed(
            new DeviceError('protocol', name, `the module cannot play track ${track} (error ${error})`),
          );
          return;
        }
        missing.set(id, track);
        sounding = undefined;
        tellHealth();
      },
    });
  }

  function take(frame: Frame): void {
    switch (frame.code) {
      case reports.online:
        hasCard = (frame.value & memoryCard) !== 0;
        volume = undefined;
        missing.clear();
        break;
      case reports.cardIn:
      case reports.cardOut:
        hasCard = frame.code === reports.cardIn;
        missing.clear();
        break;
      case reports.finished:
        repeat();
        break;
      default:
        exchange.take(frame);
    }
  }

  /** A report that comes in the pause is the one before it, told twice. */
  function repeat(): void {
    if (sounding === undefined || pause !== undefined) return;
    sounding.timesLeft--;
    if (sounding.timesLeft === 0) sounding = undefined;
    else pause = setTimeout(playAgain, pauseMs);
  }

  function playAgain(): void {
    pause = undefined;
    if (sounding === undefined) return;
    const { wanted, timesLeft } = sounding;
    next = { ...wanted, prompt: { ...wanted.prompt, times: timesLeft } };
    if (exchange.isIdle) goOn();
  }

  function tellHealth(): void {
    if (!isFound) return;
    if (!hasCard) {
      link.waiting(new DeviceError('disconnected', name, 'no memory card with recordings in the module'));
      return;
    }
    const absent = [...missing].map(([id, track]) => `${id} (track ${track} is not on its memory card)`);
    const lacking = [...unknown().map(id => `${id} (no track in the settings)`), ...absent];
    if (lacking.length === 0) link.working();
    else link.waiting(new DeviceError('hindered', name, `lacks prompts: ${lacking.join(', ')}`));
  }

  return {
    play(wanted) {
      if (!isFound || !hasCard) return;
      clearTimeout(pause);
      pause = undefined;
      sounding = undefined;
      next = wanted;
      if (exchange.isIdle) goOn();
    },
    tellHealth,
    stop() {
      clearInterval(heartbeat);
      clearTimeout(pause);
      exchange.stop();
      stopReading();
    },
  };
}
