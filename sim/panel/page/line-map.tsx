/** The line with its stops, and the bus on it. */
import { Choice } from './buttons.tsx';
import { usePanel } from './panel-context.ts';
import { placeOnLine } from './place-on-line.ts';

export function LineMap() {
  const { state, preferences, run, knows, t } = usePanel();
  const { stops, validators } = state;
  if (stops.length === 0) return null;
  const percent = (place: number) => `${((place + 0.5) / stops.length) * 100}%`;
  const at = placeOnLine(stops, validators.front.position);
  const nearest = Math.round(at);
  // Both doors' receivers are on the same bus.
  const both = async (what: string) => {
    await run(`gnss front ${what}`);
    await run(`gnss rear ${what}`);
  };
  return (
    <section class="line" aria-label={t('line')}>
      <div class="map">
        <svg class="track" aria-hidden="true" focusable="false">
          <line x1={percent(0)} x2={percent(stops.length - 1)} y1="50%" y2="50%" />
          <line class="done" x1={percent(0)} x2={percent(at)} y1="50%" y2="50%" />
          {stops.map((stop, index) => (
            <circle key={stop.id} class={index <= at ? 'done' : ''} cx={percent(index)} cy="50%" r="6" />
          ))}
          <g class="bus" style={{ transform: `translate(${percent(at)}, 50%)` }}>
            <rect x="-19" y="-12" width="38" height="24" rx="6" />
            <path d="M-14 -7h8v7h-8zM-3 -7h8v7h-8zM8 -7h6v7h-6z" />
          </g>
        </svg>
        <ol>
          {stops.map((stop, index) => (
            <li key={stop.id}>
              <button
                type="button"
                disabled={!knows('gnss')}
                aria-current={index === nearest ? 'location' : undefined}
                title={`gnss front stop ${stop.id}`}
                onClick={() => void both(`stop ${stop.id}`)}
              >
                {stop[preferences.language]}
              </button>
            </li>
          ))}
        </ol>
      </div>
      <button
        type="button"
        class="drive"
        disabled={!knows('gnss')}
        title="gnss front drive"
        onClick={() => void both('drive')}
      >
        {t('drive')}
      </button>
      <Choice
        label={t('bothDoors')}
        command="door both"
        options={{ close: t('doors-close'), open: t('doors-open') }}
      />
    </section>
  );
}
