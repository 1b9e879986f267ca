/**
 * A camera named by what it is, as the ffmpeg command that makes grey YUV4MPEG2 of it on stdout.
 *
 * For ffmpeg 5.1 (Debian 12) and newer. Traps: `-timeout` in microseconds is the RTSP socket's limit only from 5.0 on
 * (before, it meant to wait for a caller); the pipe's format is of constant rate, for which ffmpeg repeats pictures,
 * so they are passed through and thinned out by `select`, which also lives through a source's clock going back.
 *
 * Limits: an RTSP address, with who logs in, is readable in the process list of the machine itself. Pictures are
 * handed on at most 15 times a second and at most 800 × 600, where a code's modules are still well above two pixels.
 */
import { accessSync, constants } from 'node:fs';
import { DeviceError } from '../../device/kit/errors.ts';
import { isProgram } from '../wire/program.ts';

export type FfmpegSource =
  /** Left out, width, height and fps are as the device has them. */
  | {
      readonly v4l2: string;
      readonly width?: number | undefined;
      readonly height?: number | undefined;
      readonly fps?: number | undefined;
    }
  | { readonly rtsp: string; readonly transport: 'tcp' | 'udp' }
  /** At the pace it was taken at; a file that is not looped ends, which is a fault. */
  | { readonly file: string; readonly loop: boolean };

const maxFps = 15;
const maxWidth = 800;
const maxHeight = 600;
const rtspTimeoutUs = 1_500_000;
/** How much of a stream ffmpeg looks at before it begins. */
const probe = ['-probesize', '500000', '-analyzeduration', '200000', '-fpsprobesize', '0'];
/** Frames may come a little early: two thirds of the interval. */
const leastIntervalS = 2 / 3 / maxFps;

/** @param device named in the error. @throws DeviceError disconnected when ffmpeg or the camera is not there */
export function ffmpegCommand(device: string, source: FfmpegSource): string[] {
  if (!isProgram('ffmpeg')) {
    throw new DeviceError('disconnected', device, 'ffmpeg is missing: install the package ffmpeg');
  }
  const file = 'v4l2' in source ? source.v4l2 : 'file' in source ? source.file : undefined;
  if (file !== undefined && !isReadable(file)) {
    throw new DeviceError('disconnected', device, `${file} is missing, or may not be read`);
  }
  return ['ffmpeg', '-nostdin', '-hide_banner', '-loglevel', 'error', ...input(source), ...output];
}

function input(source: FfmpegSource): string[] {
  const live = ['-fflags', 'nobuffer', '-flags', 'low_delay', '-threads', '1'];
  if ('v4l2' in source) {
    const { v4l2, width, height, fps } = source;
    const size = width === undefined || height === undefined ? [] : ['-video_size', `${width}x${height}`];
    const rate = fps === undefined ? [] : ['-framerate', String(fps)];
    return [...live, '-f', 'v4l2', ...size, ...rate, '-i', v4l2];
  }
  if ('rtsp' in source) {
    const { rtsp, transport } = source;
    const link = ['-rtsp_transport', transport, '-allowed_media_types', 'video'];
    return [...live, ...probe, ...link, '-timeout', String(rtspTimeoutUs), '-i', rtsp];
  }
  return [
    '-threads',
    '1',
    '-re',
    ...(source.loop ? ['-stream_loop', '-1'] : []),
    '-i',
    `file:${source.file}`,
  ];
}

const thinned = `select='isnan(t)+isnan(prev_selected_t)+lt(t,prev_selected_t)+gte(t-prev_selected_t,${leastIntervalS.toFixed(4)})'`;
const shrunk = `scale=w='min(iw,${maxWidth})':h='min(ih,${maxHeight})':force_original_aspect_ratio=decrease:flags=area`;
const output = [
  ...['-map', '0:v:0', '-vf', `${thinned},${shrunk},format=gray`, '-fps_mode', 'passthrough'],
  ...['-flush_packets', '1', '-f', 'yuv4mpegpipe', 'pipe:1'],
];

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
