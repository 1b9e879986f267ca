/** The passengers, each with medium and health code; one of them is in hand. */

import { Icon } from './icons.tsx';
import { usePanel } from './panel-context.ts';
import { isPhone, letters } from './presenting.ts';

export function Passengers() {
  const { state, selected, select, t } = usePanel();
  const { passengers } = state;
  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = passengers[passengers.findIndex(({ id }) => id === selected?.id) + step];
    if (next === undefined) return;
    select(next.id);
    document.getElementById(`passenger-${next.id}`)?.focus();
  };
  return (
    <section class="passengers" aria-labelledby="passengers-name">
      <h2 id="passengers-name">{t('passengers')}</h2>
      <ul onKeyDown={move}>
        {passengers.map((passenger, index) => {
          const { id, name, medium, health, isRegistered } = passenger;
          const isSelected = id === selected?.id;
          return (
            <li key={id}>
              <button
                id={`passenger-${id}`}
                type="button"
                draggable
                aria-pressed={isSelected}
                tabIndex={isSelected || (selected === undefined && index === 0) ? 0 : -1}
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
                  <span
                    class={`health ${health}`}
                    title={isRegistered ? t('registered') : t('notRegistered')}
                  >
                    {t(`health-${health}`)}
                  </span>
                  {name !== id && <span class="id">{id}</span>}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
