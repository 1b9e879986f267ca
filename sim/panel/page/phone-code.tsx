/** A phone's code, large, beside the camera's view of it; sliders for blur, angle and light. */
import { useEffect, useState } from 'preact/hooks';
import { helpFor } from './completion.ts';
import { usePanel } from './panel-context.ts';
import { Picture, useEdition } from './picture.tsx';
import { optionsIn, viewOptions, withOption } from './view-options.ts';

/** A phone makes a new code now and then. */
const renewMs = 30_000;
const settleMs = 150;

export function PhoneCode({ id }: { readonly id: string }) {
  const { state, manner, setManner, t } = usePanel();
  const edition = useEdition(renewMs);
  const settled = useSettled(manner);
  const options = optionsIn(manner);
  // The help of `show` names this simulator's options.
  const help = helpFor('show', state)?.help ?? '';
  const address = `/api/codes/${encodeURIComponent(id)}.png`;
  // With any option, the picture is a camera's view.
  const seen = new URLSearchParams({ codeHeight: '0.8', ...Object.fromEntries(optionsIn(settled)) });
  return (
    <div class="phone-code">
      <div class="pictures">
        <figure class="phone">
          <Picture address={address} edition={edition} alt={t('codeOnPhone')} />
          <figcaption>{t('phoneShows')}</figcaption>
        </figure>
        <figure>
          <Picture address={`${address}?${seen}`} edition={edition} alt={t('codeSeen')} />
          <figcaption>{t('cameraSees')}</figcaption>
        </figure>
      </div>
      <div class="sliders">
        {viewOptions
          .filter(({ name }) => help.includes(name))
          .map(option => (
            <label key={option.name}>
              <span>{t(option.name)}</span>
              <input
                type="range"
                min={option.min}
                max={option.max}
                step={option.step}
                value={options.get(option.name) ?? option.usual}
                onInput={event => setManner(withOption(manner, option, Number(event.currentTarget.value)))}
              />
              <output>{options.get(option.name) ?? option.usual}</output>
            </label>
          ))}
      </div>
      <button type="button" disabled={manner === ''} onClick={() => setManner('')}>
        {t('heldStraight')}
      </button>
    </div>
  );
}

/** The value after it has stopped changing. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), settleMs);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
