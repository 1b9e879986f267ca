/** Puts a text on the clipboard. */
import { useEffect, useState } from 'preact/hooks';
import { Icon } from './icons.tsx';
import { usePanel } from './panel-context.ts';

const thanksMs = 1500;

export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const { t } = usePanel();
  const [isDone, setDone] = useState(false);
  useEffect(() => {
    if (!isDone) return;
    const timer = setTimeout(() => setDone(false), thanksMs);
    return () => clearTimeout(timer);
  }, [isDone]);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setDone(true);
  };
  const label = `${t('copy')}: ${what}`;
  return (
    <button
      type="button"
      class={`copy ${isDone ? 'is-done' : ''}`}
      aria-label={isDone ? t('copied') : label}
      title={label}
      // Without the browser's permission, the text is still there to select.
      onClick={() => void copy().catch(() => undefined)}
    >
      <Icon name="copy" />
    </button>
  );
}
