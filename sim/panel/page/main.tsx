/** Starts the page. */
import { render } from 'preact';
import { App } from './app.tsx';
import { allowSound } from './beeps.ts';
import { watchBus } from './live-state.ts';

const place = document.getElementById('panel');
if (place === null) throw new Error('the page has no place for the panel');
for (const gesture of ['pointerdown', 'keydown']) document.addEventListener(gesture, allowSound);
render(<App live={watchBus()} />, place);
