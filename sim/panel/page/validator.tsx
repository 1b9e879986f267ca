/** One validator: its two screens, and the places where a passenger presents something. */
import type { PostName } from '../../bus/validator-post.ts';
import { useDrop } from './drop.ts';
import { Icon } from './icons.tsx';
import { outcomeText } from './outcome-text.ts';
import { usePanel } from './panel-context.ts';
import { canBePresented, type Way, ways } from './presenting.ts';
import { Screen } from './screen.tsx';

export function Validator({ post }: { readonly post: PostName }) {
  const { state, preferences, t } = usePanel();
  const validator = state.validators[post];
  const { passenger, crew, said, isRunning, linksVersion, lastTap } = validator;
  const name = t(post);
  const last = lastTap === undefined ? undefined : outcomeText(lastTap, preferences.language);
  return (
    <section class={`validator ${isRunning ? '' : 'is-off'}`} aria-labelledby={`${post}-name`}>
      <header>
        <h2 id={`${post}-name`}>{name}</h2>
        <p class="data">
          {isRunning ? (
            <>
              {t('links')} {linksVersion === undefined ? t('none') : `v${linksVersion}`}
            </>
          ) : (
            <strong class="bad">{t('noPower')}</strong>
          )}
        </p>
      </header>
      <Screen
        audience="passenger"
        label={`${name}, ${t('passengerScreen')}`}
        screen={passenger}
        said={said.passenger}
      />
      <div class="targets">
        {ways.map(way => (
          <Target key={way} post={post} way={way} />
        ))}
      </div>
      <Screen audience="crew" label={`${name}, ${t('crewScreen')}`} screen={crew} said={said.crew} />
      <Faults faults={validator.faults} />
      <p class="last-tap">
        {last === undefined ? (
          t('nothingYet')
        ) : (
          <>
            <span class={`mood ${last.mood}`}>{last.text}</span>{' '}
            <span class="presenter">{String(lastTap?.passenger ?? '')}</span>
          </>
        )}
      </p>
    </section>
  );
}

function Faults({ faults }: { readonly faults: Readonly<Record<string, string>> }) {
  const { t } = usePanel();
  const names = Object.entries(faults);
  if (names.length === 0) return null;
  return (
    <ul class="faults" aria-label={t('outOfOrder')}>
      {names.map(([part, problem]) => (
        <li key={part} title={problem}>
          <strong>{part}</strong> {problem}
        </li>
      ))}
    </ul>
  );
}

/** A place to present something: a button for the passenger in hand, and a target for a dropped passenger or picture. */
function Target({ post, way }: { readonly post: PostName; readonly way: Way }) {
  const { state, selected, manner, run, holdPicture, knows, t } = usePanel();

  const isUsable = selected !== undefined && canBePresented(selected.medium, way) && knows(way);
  const lineFor = (id: string, how: string) => `${way} ${post} ${id} ${way === 'scan' ? '' : how}`.trim();

  const { isOver, handlers } = useDrop(dropped => {
    const picture = dropped.files[0];
    if (picture !== undefined) {
      if (way === 'show') void holdPicture(post, picture);
      return;
    }
    const passenger = state.passengers.find(({ id }) => id === dropped.getData('text/plain'));
    // The wrong medium says so, as on a real bus: nothing there can read it.
    if (passenger !== undefined) void run(lineFor(passenger.id, passenger.id === selected?.id ? manner : ''));
  });

  return (
    <button
      type="button"
      class={`target ${isOver ? 'is-over' : ''}`}
      disabled={!isUsable}
      title={selected === undefined ? t('selectFirst') : lineFor(selected.id, manner)}
      aria-label={`${t(way)}, ${t(post)}`}
      onClick={() => selected !== undefined && void run(lineFor(selected.id, manner))}
      {...handlers}
    >
      <Icon name={way} />
      <span>{t(way)}</span>
    </button>
  );
}
