/** The screens of both validators: what they show now, and the next notice on each. */
import { type Audience, audiences } from '../../device/core/screen.ts';
import { type PostName, postNames, type ValidatorPost } from './validator-post.ts';

export interface ScreenShot {
  readonly light: string;
  /** What stands in the light for those who see no colours, where the display has it there; a Nextion has it before the headline. */
  readonly sign?: string;
  readonly lines: readonly string[];
}

export interface Screens {
  screen(post: PostName, audience: Audience): ScreenShot;
  /** The next notice as it is drawn. A notice beeps; screens between passengers and redrawn ones do not. */
  nextNotice(post: PostName, audience: Audience): Promise<ScreenShot>;
  onScreen(listener: (post: PostName, audience: Audience) => void): void;
}

export function createScreens(posts: Readonly<Record<PostName, ValidatorPost>>): Screens {
  function screen(post: PostName, audience: Audience): ScreenShot {
    const display = posts[post].screens[audience];
    const lines = display.lines().filter(text => text !== '');
    const sign = display.sign();
    return { light: display.light(), ...(sign !== '' && { sign }), lines };
  }

  return {
    screen,
    nextNotice(post, audience) {
      return new Promise(resolve => {
        const display = posts[post].screens[audience];
        const before = display.beeps;
        const stop = display.onChange(() => {
          const shot = screen(post, audience);
          if (display.beeps === before || shot.light === 'off') return;
          stop();
          resolve(shot);
        });
      });
    },
    onScreen(listener) {
      for (const post of postNames) {
        for (const audience of audiences) {
          posts[post].screens[audience].onChange(() => listener(post, audience));
        }
      }
    },
  };
}
