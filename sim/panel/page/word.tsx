/** A word that says what it means where it stands: beside the pointer, and in a bubble when it is pressed. */
import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { type MeaningName, meaningIn } from './meanings.ts';
import { usePanel } from './panel-context.ts';

interface WordProps {
  readonly means: MeaningName;
  readonly children: ComponentChildren;
}

export function Word({ means, children }: WordProps) {
  const { language } = usePanel().preferences;
  return <Explained meaning={meaningIn(language, means)}>{children}</Explained>;
}

interface ExplainedProps {
  readonly meaning: string;
  readonly class?: string;
  readonly children: ComponentChildren;
}

export function Explained({ meaning, class: look = '', children }: ExplainedProps) {
  const id = useId();
  const word = useRef<HTMLButtonElement>(null);
  const bubble = useRef<HTMLSpanElement>(null);
  return (
    <>
      <button ref={word} type="button" class={`word ${look}`} title={meaning} popovertarget={id}>
        {children}
      </button>
      <span
        ref={bubble}
        id={id}
        class="meaning"
        popover="auto"
        onToggle={() => {
          if (word.current !== null && bubble.current !== null) placeBeside(bubble.current, word.current);
        }}
      >
        {meaning}
      </span>
    </>
  );
}

const gapPx = 6;

/** Beneath the word, or above it where there is no room; never off the screen. */
function placeBeside(bubble: HTMLElement, word: HTMLElement): void {
  const { left, top, bottom } = word.getBoundingClientRect();
  const { offsetWidth, offsetHeight } = bubble;
  const hasRoom = bottom + gapPx + offsetHeight <= innerHeight;
  bubble.style.left = `${Math.max(gapPx, Math.min(left, innerWidth - offsetWidth - gapPx))}px`;
  bubble.style.top = `${Math.max(gapPx, hasRoom ? bottom + gapPx : top - gapPx - offsetHeight)}px`;
}
