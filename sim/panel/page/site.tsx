/** The registration site in a frame, in the panel's language. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { usePanel } from './panel-context.ts';
import type { Language } from './texts.ts';

/** Loads the site only when it is asked for: each visit is a session there. */
export function Site({ url }: { readonly url: string }) {
  const { preferences, t } = usePanel();
  const [visits, setVisits] = useState(0);
  const [begunIn, setBegunIn] = useState<Language | undefined>(undefined);
  const frame = useRef<HTMLIFrameElement>(null);
  const language = begunIn ?? preferences.language;

  // What is entered in the frame cannot be seen from here, but nothing is without the focus going there. Then it stays as it is.
  useEffect(() => {
    const look = () => {
      if (frame.current !== null && document.activeElement === frame.current) setBegunIn(language);
    };
    window.addEventListener('blur', look);
    return () => window.removeEventListener('blur', look);
  }, [language]);

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

/** Chinese is asked for too: the site remembers what it was last asked for. */
function siteIn(url: string, language: Language): string {
  return `${url}/?lang=${language}`;
}
