/** The passenger in hand: health code, card and how it may fail, or phone and how a camera sees it. */
import type { PassengerState } from '../protocol.ts';
import { CommandButton } from './buttons.tsx';
import { usePanel } from './panel-context.ts';
import { PhoneCode } from './phone-code.tsx';
import { isPhone, posts, usualWay } from './presenting.ts';

const healths = ['green', 'yellow', 'red', 'popup', 'unknown', 'none'] as const;

export function InHand() {
  const { selected, run, knows, t } = usePanel();
  if (selected === undefined) return <p class="empty">{t('selectFirst')}</p>;
  const { id, name, medium, health, isRegistered } = selected;
  return (
    <div class="in-hand">
      <header class="person">
        <h3>
          <span lang="zh">{name}</span> <code>{id}</code>
        </h3>
        <p>
          {isPhone(medium) ? t('hasPhone') : t('hasCard')} · <code>{medium}</code> ·{' '}
          {isRegistered ? t('registered') : t('notRegistered')}
          {detailsOf(selected).map(text => (
            <span key={text}> · {text}</span>
          ))}
        </p>
      </header>
      <PresentButtons passenger={selected} />
      <label class="field">
        <span>{t('healthCode')}</span>
        <select
          value={health}
          disabled={!knows('health')}
          onChange={event => void run(`health ${id} ${event.currentTarget.value}`)}
        >
          {healths.map(status => (
            <option key={status} value={status}>
              {t(`health-${status}`)} · {status}
            </option>
          ))}
        </select>
      </label>
      {isPhone(medium) ? <PhoneCode id={id} /> : <CardFault />}
      <div class="row">
        <CommandButton line={`explain front ${id}`}>{t('explain')}</CommandButton>
        {isPhone(medium) && <CommandButton line={`code ${id}`}>{t('codeHex')}</CommandButton>}
      </div>
    </div>
  );
}

function PresentButtons({ passenger }: { readonly passenger: PassengerState }) {
  const { manner, t } = usePanel();
  const way = usualWay(passenger.medium);
  return (
    <div class="row present">
      {posts.map(post => (
        <CommandButton
          key={post}
          class="primary"
          line={`${way} ${post} ${passenger.id} ${manner}`.trim()}
        >{`${t(way)} · ${t(post)}`}</CommandButton>
      ))}
    </div>
  );
}

function CardFault() {
  const { state, manner, setManner, t } = usePanel();
  return (
    <label class="field">
      <span>{t('cardFault')}</span>
      <select value={manner} onChange={event => setManner(event.currentTarget.value)}>
        <option value="">{t('noFault')}</option>
        {state.cardFaults.map(fault => (
          <option key={fault} value={fault}>
            {fault}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What is unusual about a card or a phone. */
function detailsOf(passenger: PassengerState): string[] {
  const { id, name, phone, medium, health, isRegistered, ...details } = passenger;
  return Object.entries(details)
    .filter(([key, value]) => value !== undefined && value !== usualDetails[key])
    .map(([key, value]) =>
      key === 'balanceFen' ? `¥${(Number(value) / 100).toFixed(2)}` : `${key} ${value}`,
    );
}

const usualDetails: Readonly<Record<string, unknown>> = {
  kind: 'ordinary',
  validTo: '2040-12-31',
  enabled: true,
  blacklisted: false,
  ageS: 0,
};
