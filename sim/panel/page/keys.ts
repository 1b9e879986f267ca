/** Keys as in the terminal mode: a letter presents that passenger at the front door, the capital at the rear; Esc leaves a field. */
import { useEffect, useRef } from 'preact/hooks';
import { commandLineId } from './command-line.tsx';
import type { Panel } from './panel-context.ts';
import { letters, usualWay } from './presenting.ts';

export function useKeys(panel: Panel): void {
  const now = useRef(panel);
  now.current = panel;
  useEffect(() => {
    const press = (event: KeyboardEvent) => onKey(event, now.current);
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}

function onKey(event: KeyboardEvent, panel: Panel): void {
  if (event.key === 'Escape') leaveField(event);
  const { key, ctrlKey, metaKey, altKey, repeat } = event;
  if (ctrlKey || metaKey || altKey || repeat || !panel.preferences.hasLetterKeys || isTyping(event)) return;
  if (key === ':' || key === '/') {
    event.preventDefault();
    document.getElementById(commandLineId)?.focus();
    return;
  }
  const index = key.length === 1 ? letters.indexOf(key.toLowerCase()) : -1;
  const passenger = panel.state.passengers[index];
  if (passenger === undefined) return;
  const post = key === key.toLowerCase() ? 'front' : 'rear';
  panel.select(passenger.id);
  void panel.run(`${usualWay(passenger.medium)} ${post} ${passenger.id}`);
}

/** Letters typed into these elements are text. */
function isTyping({ target }: KeyboardEvent): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('input:not([type=range], [type=checkbox]), select, textarea, .terminal') !== null
  );
}

/** So that letters are keys again. A terminal needs Esc for itself. */
function leaveField({ target }: KeyboardEvent): void {
  if (target instanceof HTMLElement && target.matches('input, select')) target.blur();
}
