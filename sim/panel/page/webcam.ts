/** The computer's own camera, held before a camera of the bus: one picture after the other, two a second at most. */
import type { Outcome } from './api.ts';

const betweenMs = 500;
/** What the bus's cameras have. */
const size = { width: 640, height: 480 };

export interface Webcam {
  stop(): void;
}

/**
 * @param preview shows what the camera sees
 * @param hold takes one picture; the next is taken once it is held
 * @throws what the browser says where there is no camera or no leave to use it
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
