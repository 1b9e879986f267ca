/** Settings of a firmware whose time limits only a fault can reach, however busy the machine is. */
import type { FirmwareSettings } from '../sim/bus/validator-settings.ts';

const neverMs = 60_000;
/** Notices stay until they have been looked at. */
const longestNoticeMs = 30_000;
/** A code in view stays one presentation though its pictures come late. */
const longestGoneMs = 10_000;

export function withGenerousLimits(usual: FirmwareSettings) {
  const { cardReaders, codeReaders, displays, speakers, gnss } = usual;
  return {
    ...usual,
    cardReaders: cardReaders.map(reader => ({
      ...reader,
      apduTimeoutMs: neverMs,
      ...(reader.driver === 'pcsc' && { heartbeatTimeoutMs: neverMs }),
    })),
    cardTimeoutMs: neverMs,
    codeReaders: codeReaders.map(reader =>
      reader.driver === 'camera'
        ? { ...reader, frameTimeoutMs: neverMs, frozenAfterS: 0, goneAfterMs: longestGoneMs }
        : reader,
    ),
    displays: displays.map(display =>
      display.driver === 'nextion' ? { ...display, answerTimeoutMs: neverMs } : display,
    ),
    ...(speakers !== undefined && {
      speakers: speakers.map(speaker => ({ ...speaker, answerTimeoutMs: neverMs })),
    }),
    ...(gnss !== undefined && { gnss: { ...gnss, timeoutMs: neverMs } }),
    noticeMs: longestNoticeMs,
    stopTimeoutMs: neverMs,
  };
}
