/** An answer of more than one line, whole, above the command line until it is closed or the next command begins. */
import { useEffect, useState } from 'preact/hooks';
import { answerOf } from './answer-text.ts';
import { CopyButton } from './copy-button.tsx';
import { type Doing, isAhead } from './doing.ts';
import { usePanel } from './panel-context.ts';

export function Answer({ begun, done }: Pick<Doing, 'begun' | 'done'>) {
  const { state, preferences, t } = usePanel();
  const [closedId, setClosedId] = useState(0);
  const lines = done && answerOf(done.outcome, preferences.language, state.vocabulary);
  const isOpen =
    lines !== undefined && !done?.isShownInPlace && done?.id !== closedId && !isAhead({ begun, done });
  useEffect(() => {
    if (!isOpen || done === undefined) return;
    const close = ({ key }: KeyboardEvent) => {
      if (key === 'Escape') setClosedId(done.id);
    };
    document.addEventListener('keydown', close);
    return () => document.removeEventListener('keydown', close);
  }, [isOpen, done?.id]);
  if (!isOpen || done === undefined) return null;
  return (
    <section class="answer" aria-label={`${t('answer')}: ${done.line}`}>
      <header>
        <code>{done.line}</code>
        <CopyButton text={lines.join('\n')} what={t('answer')} />
        <button type="button" onClick={() => setClosedId(done.id)}>
          {t('close')} <kbd>Esc</kbd>
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keyboard */}
      <pre key={done.id} tabIndex={0}>
        {lines.join('\n')}
      </pre>
    </section>
  );
}
