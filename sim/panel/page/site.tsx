/** The registration site in a frame, in the panel's language. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { usePanel } from './panel-context.ts';
import { preferences as kept } from './preferences.ts';
import type { Language } from './texts.ts';

/** Loads the site only on request: each visit is a session there. */
export function Site({ url }: { readonly url: string }) {
  const { preferences, t } = usePanel();
  const [visits, setVisits] = useState(0);
  const [begunIn, setBegunIn] = useState<Language | undefined>(undefined);
  const frame = useRef<HTMLIFrameElement>(null);
  const language = begunIn ?? preferences.language;

  // Input in the frame is invisible from here, but it needs the focus; once the frame has had it, the frame stays as it is.
  // The language is asked for at that moment: what an effect of the last drawing remembers may be the one before.
  useEffect(() => {
    const look = () => {
      if (frame.current !== null && document.activeElement === frame.current)
        setBegunIn(begun => begun ?? kept.get().language);
    };
    window.addEventListener('blur', look);
    return () => window.removeEventListener('blur', look);
  }, []);

  const visit = () => {
    setBegunIn(undefined);
    setVisits(visits + 1);
  };
  return (
    <div class="site">
      <div class="row">
        <button type="button" onClick={visit}>
          {visits === 0 ? t('openSite') : t('startAgain')}
        </button>
        <a href={siteIn(url, preferences.language)} target="_blank" rel="noreferrer">
          {t('ownWindow')}
        </a>
      </div>
      {visits > 0 && (
        <iframe key={`${visits} ${language}`} ref={frame} src={siteIn(url, language)} title={t('site')} />
      )}
    </div>
  );
}

/** Chinese is named too, because the site remembers the last language. */
function siteIn(url: string, language: Language): string {
  return `${url}/?lang=${language}`;
}
