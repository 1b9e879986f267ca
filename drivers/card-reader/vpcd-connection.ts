/**
 * One card's connection to the vpcd reader: one question, one answer, and a time limit.
 *
 * Anything else ends the connection, because a late or surplus answer must never pass for the next command's: no answer in
 * time (`timeout`), an answer under 2 bytes or over 4 KiB, two answers, data that nobody asked for (`protocol`), the peer
 * gone (`medium-lost`). After that, every question rejects with the reason.
 */
import type { Socket } from 'node:net';
import { DeviceError, type DeviceErrorKind } from '../../device/kit/errors.ts';
import { createWatchdog } from '../../device/kit/time.ts';
import { maxBodyBytes } from './apdu.ts';
import { createFrameDecoder, encodeFrame, vpcdControls } from './vpcd-frames.ts';

/** An ATR has at least 2 bytes, and so has a response: its status word. */
const minAnswerBytes = 2;
const farewellMs = 200;

interface Question {
  resolve(answer: Uint8Array): void;
  reject(reason: DeviceError): void;
}

export interface VpcdConnection {
  /** Sends a control that has no answer. */
  tell(control: number): void;
  /** Rejects with DeviceError; with `protocol`, leaving the connection up, while another answer is due. */
  ask(body: Uint8Array): Promise<Uint8Array>;
  /** Ends the connection at once. */
  drop(reason: DeviceError): void;
  /** Powers the card off and ends the connection, within 200 ms even when the peer reads nothing. */
  powerOff(reason: DeviceError): void;
  /** Resolves, once the connection has ended, to the reason. */
  readonly ended: Promise<DeviceError>;
}

export function createVpcdConnection(
  socket: Socket,
  device: string,
  answerTimeoutMs: number,
): VpcdConnection {
  const decoder = createFrameDecoder(maxBodyBytes);
  const limit = createWatchdog(answerTimeoutMs, () =>
    drop(fault('timeout', `no answer from the card in ${answerTimeoutMs} ms`)),
  );
  let open: Question | undefined;
  let endReason: DeviceError | undefined;
  let announceEnd: (reason: DeviceError) => void = () => {};
  const ended = new Promise<DeviceError>(resolve => {
    announceEnd = resolve;
  });

  const fault = (kind: DeviceErrorKind, message: string, cause?: unknown) =>
    new DeviceError(kind, device, message, cause);

  function end(reason: DeviceError): boolean {
    if (endReason !== undefined) return false;
    endReason = reason;
    takeQuestion()?.reject(reason);
    announceEnd(reason);
    return true;
  }

  function drop(reason: DeviceError): void {
    if (end(reason)) socket.destroy();
  }

  function takeQuestion(): Question | undefined {
    const question = open;
    open = undefined;
    limit.stop();
    return question;
  }

  function receive(chunk: Uint8Array): void {
    if (endReason !== undefined) return;
    const answers = decoder.push(chunk);
    const misconduct = misconductIn(answers);
    if (misconduct !== undefined) drop(fault('protocol', misconduct));
    else if (answers[0] !== undefined) takeQuestion()?.resolve(answers[0]);
  }

  function misconductIn([answer, ...surplus]: readonly Uint8Array[]): string | undefined {
    if (open === undefined) return 'the card sent data nobody asked for';
    if (decoder.state === 'too-long') return 'the card sent too long an answer';
    if (answer === undefined) return undefined;
    if (surplus.length > 0 || decoder.state === 'in-frame') return 'the card answered more than once';
    return answer.length < minAnswerBytes ? 'the card sent too short an answer' : undefined;
  }

  socket.on('data', receive);
  socket.on('end', () => drop(fault('medium-lost', 'the card left the field')));
  socket.on('error', error => drop(fault('medium-lost', 'the card left the field', error)));
  socket.on('close', () => drop(fault('medium-lost', 'the card left the field')));

  return {
    tell: control => socket.write(encodeFrame(Uint8Array.of(control))),
    ask(body) {
      if (endReason !== undefined) return Promise.reject(endReason);
      if (open !== undefined)
        return Promise.reject(fault('protocol', 'a command before the last one was answered'));
      socket.write(encodeFrame(body));
      return new Promise((resolve, reject) => {
        open = { resolve, reject };
        limit.restart();
      });
    },
    drop,
    powerOff(reason) {
      if (!end(reason)) return;
      socket.setTimeout(farewellMs, () => socket.destroy());
      socket.write(encodeFrame(Uint8Array.of(vpcdControls.powerOff)));
      socket.destroySoon();
    },
    ended,
  };
}
