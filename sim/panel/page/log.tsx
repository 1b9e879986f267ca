/** The log of both validators, filtered; it follows the newest line unless the tester scrolls back. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { LogEntry } from '../protocol.ts';
import { type Panel, usePanel } from './panel-context.ts';

/** The most rows shown, whatever a simulator keeps. */
const mostRows = 300;

export function Log() {
  const { state, preferences, t } = usePanel();
  const { language } = preferences;
  const [filter, setFilter] = useState('');
  const [post, setPost] = useState('');
  const [isFollowing, setFollowing] = useState(true);
  const list = useRef<HTMLOListElement>(null);
  const wanted = filter.trim().toLowerCase();
  // Redrawn only if the rows change: most changes of the state are elsewhere.
  const rows = useMemo(
    () =>
      state.log
        .filter(entry => (post === '' || entry.validator === post) && textOf(entry).includes(wanted))
        .slice(-mostRows),
    [state.log, post, wanted],
  );
  const drawn = useMemo(() => withKeys(rows).map(([key, entry]) => toRow(key, entry, t)), [rows, language]);
  useEffect(() => {
    if (isFollowing && list.current !== null) list.current.scrollTop = list.current.scrollHeight;
  });
  return (
    <div class="log">
      <div class="row">
        <input
          type="search"
          value={filter}
          placeholder={t('filter')}
          aria-label={t('filter')}
          onInput={event => setFilter(event.currentTarget.value)}
        />
        <select value={post} aria-label={t('door')} onChange={event => setPost(event.currentTarget.value)}>
          <option value="">{t('bothDoors')}</option>
          <option value="front">{t('front')}</option>
          <option value="rear">{t('rear')}</option>
        </select>
        <label class="check">
          <input
            type="checkbox"
            checked={isFollowing}
            onChange={event => setFollowing(event.currentTarget.checked)}
          />
          {t('follow')}
        </label>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keyboard */}
      <ol ref={list} tabIndex={0} aria-label={t('log')}>
        {drawn}
        {rows.length === 0 && <li class="empty">{t('nothingYet')}</li>}
      </ol>
    </div>
  );
}

function toRow(key: string, { at, level, validator, event, text }: LogEntry, t: Panel['t']) {
  return (
    <li key={key} class={`level-${level}`}>
      <time>{timeOf(at)}</time> <span class="post">{t(validator)}</span> <strong>{event}</strong> {text}
    </li>
  );
}

/** Hours to seconds, in the tester's time zone. */
export function timeOf(at: number): string {
  const time = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

function textOf({ event, text, level }: LogEntry): string {
  return `${level} ${event} ${text}`.toLowerCase();
}

/** Entries have no number, and two may be identical. */
function withKeys(entries: readonly LogEntry[]): (readonly [key: string, entry: LogEntry])[] {
  const seen = new Map<string, number>();
  return entries.map(entry => {
    const { at, validator, event, text } = entry;
    const said = `${at} ${validator} ${event} ${text}`;
    const count = (seen.get(said) ?? 0) + 1;
    seen.set(said, count);
    return [`${count} ${said}`, entry];
  });
}
