/** Holds the computer's own camera before a camera of the bus, at most two pictures a second. */
import type { Outcome } from './api.ts';

const betweenMs = 500;
/** The size of the bus's cameras. */
const size = { width: 640, height: 480 };

export interface Webcam {
  stop(): void;
}

/**
 * @param preview shows what the camera sees
 * @param hold gets one picture; the next is taken when it resolves
 * @throws the browser's error without a camera, or without permission to use it
 */
export async function startWebcam(
  preview: HTMLVideoElement,
  hold: (picture: Blob) => Promise<Outcome>,
): Promise<Webcam> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: size });
  const canvas = new OffscreenCanvas(size.width, size.height);
  const context = canvas.getContext('2d');
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;
  preview.srcObject = stream;
  await preview.play();

  async function next(): Promise<void> {
    context?.drawImage(preview, 0, 0, size.width, size.height);
    await hold(await canvas.convertToBlob({ type: 'image/png' }));
    if (!isStopped) timer = setTimeout(() => void next(), betweenMs);
  }

  void next();
  return {
    stop() {
      isStopped = true;
      clearTimeout(timer);
      for (const track of stream.getTracks()) track.stop();
      preview.srcObject = null;
    },
  };
}
