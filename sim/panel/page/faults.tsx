/** Everything that can go wrong around a validator, one row each. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { PostName } from '../../bus/validator-post.ts';
import { Choice, CommandButton } from './buttons.tsx';
import { helpFor } from './completion.ts';
import { DoorHeadings } from './door-headings.tsx';
import { usePanel } from './panel-context.ts';
import { posts } from './presenting.ts';
import type { TextName } from './texts.ts';

const wires = ['scanner', 'camera', 'passenger', 'crew', 'gnss', 'voice', 'crew-voice'] as const;

export function Faults() {
  const { state, t } = usePanel();
  const onOff = { on: t('on'), off: t('off') };
  return (
    <div class="all-faults">
      <Row name="network">
        <Choice
          label={t('network')}
          command="network"
          options={onOff}
          current={state.feed.isNetworkUp ? 'on' : 'off'}
        />
      </Row>
      <Row name="dataOnBoard">
        <Choice
          label={t('dataOnBoard')}
          command="data"
          options={{ fresh: t('data-fresh'), stale: t('data-stale'), missing: t('data-missing') }}
        />
      </Row>
      <Row name="source">
        <Choice
          label={t('source')}
          command="source"
          options={{
            ok: t('ok'),
            slow: t('source-slow'),
            failing: t('source-failing'),
            contradicting: t('source-contradicting'),
          }}
        />
      </Row>
      <table>
        <thead>
          <tr>
            <td />
            <DoorHeadings />
          </tr>
        </thead>
        <tbody>
          <AtBoth name="unplug">
            {post => (
              <div class="wires">
                {wires.map(wire => (
                  <CommandButton key={wire} line={`unplug ${post} ${wire}`}>
                    {t(`wire-${wire}`)}
                  </CommandButton>
                ))}
              </div>
            )}
          </AtBoth>
          <AtBoth name="reader">
            {post => (
              <Choice
                label={t('reader')}
                command={`reader ${post}`}
                options={{ in: t('in'), out: t('out') }}
              />
            )}
          </AtBoth>
          <AtBoth name="freeze">
            {post => (
              <Choice
                label={t('freeze')}
                command={`freeze ${post}`}
                options={{ off: t('freeze-off'), on: t('freeze-on') }}
              />
            )}
          </AtBoth>
          <AtBoth name="disk">
            {post => (
              <Choice label={t('disk')} command={`disk ${post}`} options={{ ok: t('ok'), full: t('full') }} />
            )}
          </AtBoth>
          <AtBoth name="clock">{post => <Clock post={post} />}</AtBoth>
          <AtBoth name="gnss">{post => <Gnss post={post} />}</AtBoth>
          <AtBoth name="power">
            {post => (
              <CommandButton class="danger" line={`power ${post}`}>
                {t('cutPower')}
              </CommandButton>
            )}
          </AtBoth>
        </tbody>
      </table>
    </div>
  );
}

function Row({ name, children }: { readonly name: TextName; readonly children: ComponentChildren }) {
  const { t } = usePanel();
  return (
    <div class="fault-row">
      <span>{t(name)}</span>
      {children}
    </div>
  );
}

interface AtBothProps {
  readonly name: TextName;
  children(post: PostName): ComponentChildren;
}

function AtBoth({ name, children }: AtBothProps) {
  const { t } = usePanel();
  return (
    <tr>
      <th scope="row">{t(name)}</th>
      {posts.map(post => (
        <td key={post}>{children(post)}</td>
      ))}
    </tr>
  );
}

function Clock({ post }: { readonly post: PostName }) {
  const { t } = usePanel();
  const [seconds, setSeconds] = useState('3600');
  return (
    <div class="row">
      <input
        type="number"
        value={seconds}
        aria-label={`${t('clockOffset')}, ${t(post)}`}
        onInput={event => setSeconds(event.currentTarget.value)}
      />
      <CommandButton line={`clock ${post} ${seconds}`} disabled={seconds === ''}>
        {t('set')}
      </CommandButton>
      <CommandButton line={`clock ${post} ok`}>{t('right')}</CommandButton>
    </div>
  );
}

function Gnss({ post }: { readonly post: PostName }) {
  const { state, run, knows, t } = usePanel();
  const usage = helpFor('gnss', state)?.command ?? '';
  const said = usage.replace(/[()]/g, '').split(' ').slice(2).join(' ').split('|');
  const lies = ['rollover', 'stopped-clock', 'offset 86400'];
  const choices = [...said.filter(word => /^[a-z-]+$/.test(word) && !lies.includes(word)), ...lies];
  return (
    <select
      aria-label={`${t('gnss')}, ${t(post)}`}
      disabled={!knows('gnss')}
      value=""
      onChange={event => void run(`gnss ${post} ${event.currentTarget.value}`)}
    >
      <option value="" disabled>
        {t('choose')}
      </option>
      {choices.map(word => (
        <option key={word} value={word}>
          {word}
        </option>
      ))}
    </select>
  );
}
