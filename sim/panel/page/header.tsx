/** The top of the page: which bus this is, its state, and the choices for the page itself. */
import { useEffect, useState } from 'preact/hooks';
import { Choice } from './buttons.tsx';
import { Icon } from './icons.tsx';
import { usePanel } from './panel-context.ts';
import { type Preferences, prefer } from './preferences.ts';
import { Word } from './word.tsx';

const themes: readonly Preferences['theme'][] = ['system', 'light', 'dark'];

export function Header() {
  const { state, t } = usePanel();
  const { line, feed, phase } = state;
  const phases = {
    before: t('phase-before'),
    registration: t('phase-registration'),
    trial: t('phase-trial'),
    enforced: t('phase-enforced'),
  };
  return (
    <header class="top">
      <h1>
        <span class="route">{line}</span> {t('title')}
      </h1>
      <div class="phase">
        <Word means="phase">{t('phase')}</Word>
        <Choice label={t('phase')} command="phase" options={phases} current={phase} />
      </div>
      <p class="feed">
        <span class={`dot ${feed.isNetworkUp ? 'good' : 'bad'}`} aria-hidden="true" />
        <Word means="network">{feed.isNetworkUp ? t('networkUp') : t('networkDown')}</Word>
        <span class="version">
          <Word means="feed">{t('feed')}</Word> v{feed.version}
        </span>
        <Age since={feed.publishedAt} />
      </p>
      <Switches />
    </header>
  );
}

/** How long ago, updated each second. */
export function Age({ since }: { readonly since: number }) {
  const { t } = usePanel();
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.round((now - since) / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const said =
    hours > 0
      ? `${hours} ${t('hours')} ${minutes % 60} ${t('minutes')}`
      : minutes > 0
        ? `${minutes} ${t('minutes')} ${seconds % 60} ${t('seconds')}`
        : `${seconds} ${t('seconds')}`;
  return (
    <span class="age">
      {said}
      {t('ago')}
    </span>
  );
}

function Switches() {
  const { preferences, t } = usePanel();
  const { hasSound, hasLetterKeys, language, theme } = preferences;
  const nextTheme = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'system';
  return (
    <div class="switches">
      <button
        type="button"
        aria-pressed={hasLetterKeys}
        title={t('letterKeysHelp')}
        aria-label={`${t('letterKeys')} a–z`}
        onClick={() => prefer({ hasLetterKeys: !hasLetterKeys })}
      >
        <kbd>a–z</kbd>
      </button>
      <button
        type="button"
        aria-pressed={hasSound}
        aria-label={t('sound')}
        title={t('sound')}
        onClick={() => prefer({ hasSound: !hasSound })}
      >
        <Icon name={hasSound ? 'sound' : 'mute'} />
      </button>
      <button
        type="button"
        aria-label={`${t('theme')}: ${t(`theme-${theme}`)}`}
        title={`${t('theme')}: ${t(`theme-${theme}`)}`}
        onClick={() => prefer({ theme: nextTheme })}
      >
        <Icon name={theme} />
      </button>
      <button
        type="button"
        lang={language === 'zh' ? 'en' : 'zh'}
        onClick={() => prefer({ language: language === 'zh' ? 'en' : 'zh' })}
      >
        {language === 'zh' ? 'English' : '中文'}
      </button>
    </div>
  );
}
