/** A validator's serial console in a terminal, byte for byte as on the wire. */
import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { PostName } from '../../bus/validator-post.ts';
import { ButtonGroup } from './buttons.tsx';
import { CopyButton } from './copy-button.tsx';
import { meaningIn } from './meanings.ts';
import { usePanel } from './panel-context.ts';
import { preferences } from './preferences.ts';
import { posts } from './presenting.ts';
import { knownText } from './texts.ts';

const againMs = 1500;
const keptRows = 2000;

export function SerialConsole() {
  const { state, preferences: chosen, t } = usePanel();
  const [post, setPost] = useState<PostName>('front');
  const { consoleCommand } = state.validators[post];
  return (
    <div class="serial-console">
      <p class="elsewhere">{meaningIn(chosen.language, 'console')}</p>
      <ButtonGroup label={t('door')}>
        {posts.map(name => (
          <button key={name} type="button" aria-pressed={name === post} onClick={() => setPost(name)}>
            {t(name)}
          </button>
        ))}
      </ButtonGroup>
      <TerminalTo key={post} post={post} />
      <p class="elsewhere">
        {t('fromTerminal')} <code>{consoleCommand}</code>
        <CopyButton text={consoleCommand} what={consoleCommand} />
      </p>
    </div>
  );
}

function TerminalTo({ post }: { readonly post: PostName }) {
  const { t } = usePanel();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => (place.current === null ? undefined : openTerminal(place.current, post)), [post]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a terminal is no fieldset
    <div class="terminal" ref={place} role="group" aria-label={`${t('console')}, ${t(post)}`} />
  );
}

/** @returns a function that ends it */
function openTerminal(place: HTMLElement, post: PostName): () => void {
  const terminal = new Terminal({
    fontSize: 15,
    fontFamily:
      'ui-monospace, "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace',
    scrollback: keptRows,
    screenReaderMode: true,
    cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    theme: { background: '#0c1316', foreground: '#dfe9e8', cursor: '#7cc4e4' },
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.open(place);
  const resized = new ResizeObserver(() => fit.fit());
  resized.observe(place);
  const line = keepConnected(post, terminal);
  return () => {
    resized.disconnect();
    line.close();
    terminal.dispose();
  };
}

function keepConnected(post: PostName, terminal: Terminal): { close(): void } {
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;
  let told = '';

  function connect(): void {
    socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/api/consoles/${post}`);
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', ({ data }) =>
      terminal.write(typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer)),
    );
    socket.addEventListener('close', ({ code, reason: english }) => {
      if (isClosed) return;
      const reason = knownText(preferences.get().language, `console-${code}`) ?? english;
      // Each reason is told once, however often the page tries again.
      if (reason !== told) terminal.write(`\r\n\u001b[33m${reason}\u001b[0m\r\n`);
      told = reason;
      timer = setTimeout(connect, againMs);
    });
  }

  connect();
  const typing = terminal.onData(data => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(new TextEncoder().encode(data));
  });
  return {
    close() {
      isClosed = true;
      clearTimeout(timer);
      typing.dispose();
      socket?.close();
    },
  };
}
