/** The `freeze` command of the simulated bus: a camera that hangs and sends its last picture for ever. */
import type { ValidatorPost } from './validator-post.ts';

export const freezeStates = ['on', 'off'] as const;

export function freezeCamera(post: ValidatorPost, state: (typeof freezeStates)[number]) {
  post.camera.freeze(state === 'on');
  return { event: 'frozen', validator: post.name, state };
}
