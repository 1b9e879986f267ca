/** Tabs after the ARIA authoring practices: arrow keys move between tabs. */
import type { ComponentChildren } from 'preact';

export interface Tab {
  readonly id: string;
  readonly name: string;
  content(): ComponentChildren;
}

interface TabsProps {
  readonly label: string;
  readonly tabs: readonly Tab[];
  readonly chosen: string;
  choose(id: string): void;
}

export function Tabs({ label, tabs, chosen, choose }: TabsProps) {
  const shown = tabs.find(({ id }) => id === chosen) ?? tabs[0];
  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0 || shown === undefined) return;
    event.preventDefault();
    const next = tabs[(tabs.indexOf(shown) + step + tabs.length) % tabs.length];
    if (next === undefined) return;
    choose(next.id);
    document.getElementById(`tab-${next.id}`)?.focus();
  };
  return (
    <section class="tabs" aria-label={label}>
      <div role="tablist" aria-label={label} onKeyDown={move}>
        {tabs.map(({ id, name }) => (
          <button
            key={id}
            id={`tab-${id}`}
            type="button"
            role="tab"
            aria-selected={id === shown?.id}
            aria-controls={id === shown?.id ? `panel-${id}` : undefined}
            tabIndex={id === shown?.id ? 0 : -1}
            onClick={() => choose(id)}
          >
            {name}
          </button>
        ))}
      </div>
      {shown !== undefined && (
        <div
          key={shown.id}
          id={`panel-${shown.id}`}
          class="tab-content"
          role="tabpanel"
          aria-labelledby={`tab-${shown.id}`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keyboard
          tabIndex={0}
        >
          {shown.content()}
        </div>
      )}
    </section>
  );
}
