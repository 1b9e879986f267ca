/** One validator: its two screens, and the places where a passenger presents something. */
import type { PostName } from '../../bus/validator-post.ts';
import type { FaultState } from '../protocol.ts';
import { CommandButton } from './buttons.tsx';
import { useDrop } from './drop.ts';
import { Icon } from './icons.tsx';
import { outcomeText } from './outcome-text.ts';
import { usePanel } from './panel-context.ts';
import { canBePresented, type Way, ways } from './presenting.ts';
import { Screen } from './screen.tsx';
import { knownText } from './texts.ts';
import { useMatch } from './use-match.ts';
import { Explained, Word } from './word.tsx';

/** With more, the page says each once only: the crew's screen has them, in one language. */
const mostFaults = { low: 1, high: 4 };
const low = matchMedia('(max-height: 849px)');

export function Validator({ post }: { readonly post: PostName }) {
  const { state, preferences, t } = usePanel();
  const validator = state.validators[post];
  const { passenger, crew, said, isRunning, linksVersion, lastTap } = validator;
  const name = t(post);
  const isCrowded = validator.faults.length > mostFaults[useMatch(low) ? 'low' : 'high'];
  const last = lastTap === undefined ? undefined : outcomeText(lastTap, preferences.language);
  return (
    <section
      class={`validator ${isRunning ? '' : 'is-off'} ${isCrowded ? 'is-crowded' : ''}`}
      aria-labelledby={`${post}-name`}
    >
      <header>
        <h2 id={`${post}-name`}>{name}</h2>
        <p class="data">
          {isRunning ? (
            <>
              <Word means="links">{t('links')}</Word>{' '}
              {linksVersion === undefined ? t('none') : `v${linksVersion}`}
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
        isLit={isRunning}
      />
      <div class="targets">
        {ways.map(way => (
          <Target key={way} post={post} way={way} />
        ))}
      </div>
      <Screen
        audience="crew"
        label={`${name}, ${t('crewScreen')}`}
        screen={crew}
        said={said.crew}
        isLit={isRunning}
        action={
          <CommandButton line={`confirm ${post}`} label={`${t('crewConfirms')}, ${name}`}>
            {t('crewConfirms')}
          </CommandButton>
        }
      />
      <div class="foot">
        <Faults faults={validator.faults} isCrowded={isCrowded} />
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
      </div>
    </section>
  );
}

interface FaultsProps {
  readonly faults: readonly FaultState[];
  readonly isCrowded: boolean;
}

/** Short; each says the rest when it is pressed. */
function Faults({ faults, isCrowded }: FaultsProps) {
  const { preferences, t } = usePanel();
  const { language } = preferences;
  if (faults.length === 0) return null;
  const shortOf = ({ name, kind }: FaultState) =>
    [
      knownText(language, `wire-${name}`) ?? knownText(language, `part-${name}`) ?? name,
      knownText(language, `fault-${kind}`) ?? kind,
    ].join(language === 'zh' ? '：' : ': ');
  const wholeOf = ({ name, problem }: FaultState) => `${name}: ${problem}`;
  const items = isCrowded
    ? [[`${faults.length} ${t('partsOut')}`, faults.map(wholeOf).join('\n')]]
    : faults.map(fault => [shortOf(fault), wholeOf(fault)]);
  return (
    <ul class="faults" aria-label={t('outOfOrder')}>
      {items.map(([short, whole = '']) => (
        <li key={whole}>
          <Explained meaning={whole}>{short}</Explained>
        </li>
      ))}
    </ul>
  );
}

/** A place to present something: a button for the passenger in hand, and a target for a dropped passenger or picture. */
function Target({ post, way }: { readonly post: PostName; readonly way: Way }) {
  const { state, selected, manner, run, underWay, holdPicture, knows, t } = usePanel();
  const isBusy = underWay.some(line => line.startsWith(`${way} ${post} `));

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
      class={`target ${isOver ? 'is-over' : ''} ${isBusy ? 'busy' : ''}`}
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
