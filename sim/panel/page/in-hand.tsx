/** The passenger in hand: health code, card and how it may fail, or phone and how a camera sees it. */
import type { PassengerState } from '../protocol.ts';
import { CommandButton } from './buttons.tsx';
import { FirstSteps } from './first-steps.tsx';
import { usePanel } from './panel-context.ts';
import { PhoneCode } from './phone-code.tsx';
import { isPhone, posts, usualWay } from './presenting.ts';
import { rideText } from './purse-text.ts';
import { knownText, type Language } from './texts.ts';
import { Word } from './word.tsx';

const healths = ['green', 'yellow', 'red', 'popup', 'unknown', 'none'] as const;

export function InHand() {
  const { selected, preferences, run, knows, t } = usePanel();
  if (selected === undefined) return <FirstSteps />;
  const { id, name, medium, health, isRegistered } = selected;
  const { language } = preferences;
  return (
    <div class="in-hand">
      <header class="person">
        <h3>
          <span lang="zh">{name}</span> <code>{id}</code>
        </h3>
        <p>
          {knownText(language, `medium-${medium}`)} <code>{medium}</code> ·{' '}
          <Word means="registered">{isRegistered ? t('registered') : t('notRegistered')}</Word>
          {detailsOf(selected, language).map(text => (
            <span key={text}> · {text}</span>
          ))}
        </p>
      </header>
      <PresentButtons passenger={selected} />
      <div class="field">
        <Word means="healthCode">{t('healthCode')}</Word>
        <select
          value={health}
          disabled={!knows('health')}
          aria-label={t('healthCode')}
          onChange={event => void run(`health ${id} ${event.currentTarget.value}`)}
        >
          {healths.map(status => (
            <option key={status} value={status}>
              {t(`health-${status}`)} · {status}
            </option>
          ))}
        </select>
      </div>
      {isPhone(medium) ? <PhoneCode id={id} /> : <CardFault />}
      {selected.purse !== undefined && <Purse id={id} purse={selected.purse} />}
      <div class="row">
        <CommandButton line={`explain front ${id}`}>{t('explain')}</CommandButton>
        <Word means="explain">?</Word>
        {isPhone(medium) && <CommandButton line={`code ${id}`}>{t('codeHex')}</CommandButton>}
        {selected.denied === undefined ? (
          <CommandButton line={`deny ${id}`}>{t('deny')}</CommandButton>
        ) : (
          <CommandButton line={`reinstate ${id}`}>{t('reinstate')}</CommandButton>
        )}
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

/** What moves on a card: the ride that is open, and the balance, which stands above. */
function Purse({ id, purse }: { readonly id: string; readonly purse: NonNullable<PassengerState['purse']> }) {
  const { preferences, t } = usePanel();
  return (
    <>
      {purse.ride !== null && <p class="open-ride">{rideText(purse.ride, preferences.language)}</p>}
      <div class="row">
        <CommandButton line={`purse ${id}`}>{t('purseLog')}</CommandButton>
        <CommandButton line={`topup ${id} 50`}>{t('topUp')}</CommandButton>
      </div>
    </>
  );
}

function CardFault() {
  const { state, preferences, manner, setManner, t } = usePanel();
  return (
    <div class="field">
      <Word means="cardFault">{t('cardFault')}</Word>
      <select
        value={manner}
        aria-label={t('cardFault')}
        onChange={event => setManner(event.currentTarget.value)}
      >
        <option value="">{t('noFault')}</option>
        {state.cardFaults.map(fault => (
          <option key={fault} value={fault}>
            {knownText(preferences.language, `card-${fault}`)} · {fault}
          </option>
        ))}
      </select>
    </div>
  );
}

/** What is unusual about a card or a phone. */
function detailsOf(passenger: PassengerState, language: Language): string[] {
  const { id, name, phone, medium, health, isRegistered, purse, ...listed } = passenger;
  // The list says what was on it in the beginning.
  const details = { ...listed, balanceFen: purse?.balanceFen };
  return Object.entries(details)
    .filter(([key, value]) => value !== undefined && value !== usualDetails[key])
    .map(([key, value]) => detailText(key, value, language));
}

function detailText(key: string, value: unknown, language: Language): string {
  if (key === 'kind') return knownText(language, `kind-${value}`) ?? String(value);
  const name = knownText(language, `detail-${key}`) ?? key;
  if (key === 'balanceFen' || key === 'overdraftLimitFen')
    return `${name} ¥${(Number(value) / 100).toFixed(2)}`;
  if (value === true) return name;
  if (value === false) return language === 'zh' ? `未${name}` : `not ${name}`;
  return `${name} ${value}`;
}

const usualDetails: Readonly<Record<string, unknown>> = {
  kind: 'ordinary',
  validTo: '2040-12-31',
  enabled: true,
  blacklisted: false,
  ageS: 0,
};
