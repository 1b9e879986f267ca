/** The passengers, each with medium and health code; one of them is in hand. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { PassengerState } from '../protocol.ts';
import { Icon } from './icons.tsx';
import { type Panel, usePanel } from './panel-context.ts';
import { isPhone, letters } from './presenting.ts';

export function Passengers() {
  const { state, selected, select, preferences, t } = usePanel();
  const { passengers } = state;
  const list = useRef<HTMLUListElement>(null);
  const { below, look } = useRowsBelow(list, passengers.length);
  useEffect(() => {
    if (selected !== undefined) rowOf(selected.id)?.scrollIntoView({ block: 'nearest' });
  }, [selected?.id]);
  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = passengers[passengers.findIndex(({ id }) => id === selected?.id) + step];
    if (next === undefined) return;
    select(next.id);
    rowOf(next.id)?.focus();
  };
  // Redrawn only if somebody in it changes: most changes of the state are elsewhere, and the list may be long.
  const rows = useMemo(
    () => passengers.map((passenger, index) => toRow(passenger, index, selected?.id, { select, t })),
    [passengers, selected?.id, preferences.language],
  );
  return (
    <section class="passengers" aria-labelledby="passengers-name">
      <h2 id="passengers-name">
        {t('passengers')} <span class="count">{passengers.length}</span>
      </h2>
      <ul ref={list} class={below > 0 ? 'goes-on' : ''} onKeyDown={move} onScroll={look}>
        {rows}
      </ul>
      {below > 0 && (
        <p class="more-below" aria-hidden="true">
          ↓ {below} {t('moreBelow')}
        </p>
      )}
    </section>
  );
}

function toRow(
  { id, name, medium, health, isRegistered }: PassengerState,
  index: number,
  selectedId: string | undefined,
  { select, t }: Pick<Panel, 'select' | 't'>,
) {
  const isSelected = id === selectedId;
  return (
    <li key={id}>
      <button
        id={`passenger-${id}`}
        type="button"
        draggable
        aria-pressed={isSelected}
        tabIndex={isSelected || (selectedId === undefined && index === 0) ? 0 : -1}
        onClick={() => select(id)}
        onDragStart={event => {
          select(id);
          event.dataTransfer?.setData('text/plain', id);
        }}
      >
        <kbd>{letters[index] ?? ''}</kbd>
        <Icon name={isPhone(medium) ? 'phone' : 'card'} />
        <span class="who">
          <span class="name" lang="zh">
            {name}
          </span>
          <span class={`health ${health}`} title={isRegistered ? t('registered') : t('notRegistered')}>
            {t(`health-${health}`)}
          </span>
          {name !== id && <span class="id">{id}</span>}
        </span>
      </button>
    </li>
  );
}

function rowOf(id: string): HTMLElement | null {
  return document.getElementById(`passenger-${id}`);
}

/** How many rows cannot be seen any more beneath the list's edge. */
function useRowsBelow(list: { readonly current: HTMLElement | null }, count: number) {
  const [below, setBelow] = useState(0);
  const look = () => {
    if (list.current === null || count === 0) return;
    const { scrollHeight, scrollTop, clientHeight } = list.current;
    setBelow(Math.max(0, Math.round(((scrollHeight - scrollTop - clientHeight) / scrollHeight) * count)));
  };
  useEffect(() => {
    look();
    if (list.current === null) return;
    const resized = new ResizeObserver(look);
    resized.observe(list.current);
    return () => resized.disconnect();
  }, [count]);
  return { below, look };
}
