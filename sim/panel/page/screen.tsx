/** A display as a person sees it: the light band, and the text. */
import type { ComponentChildren } from 'preact';
import type { SaidState, ScreenState } from '../protocol.ts';
import { Icon } from './icons.tsx';
import { usePanel } from './panel-context.ts';
import { isChinese, partsOf } from './screen-parts.ts';

interface ScreenProps {
  readonly audience: 'passenger' | 'crew';
  readonly label: string;
  readonly screen: ScreenState;
  /** By the speaker beside it. */
  readonly said: SaidState;
  /** Not while the validator has no power. */
  readonly isLit: boolean;
  /** What somebody can do there, in the line that names the screen. */
  readonly action?: ComponentChildren;
}

export function Screen({ audience, label, screen, said, isLit, action }: ScreenProps) {
  const { t } = usePanel();
  const { headline, details, tone } = partsOf(screen.lines);
  const light = isLit && ['green', 'amber', 'red'].includes(screen.light) ? screen.light : 'off';
  return (
    <section class={`screen ${audience} light-${light}`} aria-label={label}>
      <div class="band" role="img" aria-label={`${t('light')}: ${t(`light-${light}` as 'light-off')}`} />
      <div class="glass">
        <p class="audience">
          {t(audience)}
          <span class="sign" aria-hidden="true">
            {screen.sign}
          </span>
          {said.text !== '' && (
            <span class="said" title={said.text}>
              <Icon name="sound" />
              <span lang="zh">{said.text}</span>
            </span>
          )}
          {action}
          <span class="tone" aria-hidden="true">
            {tone}
          </span>
        </p>
        <div class="headline">
          {headline.map((text, index) => (
            <p key={index}>{inItsLanguage(text)}</p>
          ))}
        </div>
        <div class="details">
          {details.map((texts, index) => (
            <p key={index}>{texts.map(inItsLanguage)}</p>
          ))}
        </div>
      </div>
    </section>
  );
}

function inItsLanguage(text: string) {
  const language = isChinese(text) ? 'zh' : 'en';
  return (
    <span key={text} class={language} lang={language}>
      {text}
    </span>
  );
}
