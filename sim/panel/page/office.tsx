/** The back office: the feed, its publications, and the registration site for the passenger in hand. */
import { useState } from 'preact/hooks';
import type { Outcome } from './api.ts';
import { CommandButton } from './buttons.tsx';
import { CopyButton } from './copy-button.tsx';
import { Age } from './header.tsx';
import { outcomeText } from './outcome-text.ts';
import { usePanel } from './panel-context.ts';
import { Site } from './site.tsx';
import type { Language } from './texts.ts';

export function Office() {
  const { state, selected, t } = usePanel();
  const { feed } = state;
  return (
    <div class="office">
      <div class="feed-facts">
        <p>
          {t('feed')} <strong>v{feed.version}</strong> · <Age since={feed.publishedAt} />
          <br />
          <code>{feed.url}</code>
        </p>
        <CommandButton class="primary" line="publish">
          {t('publish')}
        </CommandButton>
      </div>
      <div class="row">
        <CommandButton line="settle">{t('settle')}</CommandButton>
        <a href={`${feed.siteUrl}/sim/settlement/`} target="_blank" rel="noreferrer">
          {t('settlement')}
        </a>
      </div>
      {selected === undefined ? (
        <p class="empty">{t('selectFirst')}</p>
      ) : (
        <>
          <p class="typed">
            <span lang="zh">{selected.name}</span> <CopyButton text={selected.name} what={t('name')} />
            <span class="number">{selected.phone}</span>
            <CopyButton text={selected.phone} what={t('phoneNumber')} />
            <span>{selected.isRegistered ? t('registered') : t('notRegistered')}</span>
          </p>
          <div class="row">
            <CommandButton line={`register ${selected.id}`}>{t('register')}</CommandButton>
            <CommandButton line={`withdraw ${selected.id}`}>{t('withdraw')}</CommandButton>
          </div>
          <Inbox id={selected.id} />
        </>
      )}
      <Site url={feed.siteUrl} />
    </div>
  );
}

function Inbox({ id }: { readonly id: string }) {
  const { preferences, run, knows, t } = usePanel();
  const [read, setRead] = useState<{ readonly id: string; readonly messages: readonly string[] } | undefined>(
    undefined,
  );
  const look = async () => {
    const outcome = await run(`inbox ${id}`, true);
    setRead({ id, messages: messagesIn(outcome, preferences.language) });
  };
  return (
    <section class="inbox" aria-label={t('inbox')}>
      <button type="button" disabled={!knows('inbox')} title={`inbox ${id}`} onClick={() => void look()}>
        {t('inbox')}
      </button>
      {read?.id === id && (
        <ul aria-live="polite">
          {read.messages.length === 0 ? (
            <li>{t('noMessages')}</li>
          ) : (
            read.messages.map((text, index) => <li key={`${index} ${text}`}>{text}</li>)
          )}
        </ul>
      )}
    </section>
  );
}

/** Newest first. */
function messagesIn(outcome: Outcome, language: Language): string[] {
  const { messages } = outcome as Readonly<Record<string, unknown>>;
  return Array.isArray(messages) ? messages.map(String) : [outcomeText(outcome, language).text];
}
