/** Shows what the bus's cameras see, and holds pictures before them: a file, or the computer's own camera. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { PostName } from '../../bus/validator-post.ts';
import { Choice } from './buttons.tsx';
import { useDrop } from './drop.ts';
import { usePanel } from './panel-context.ts';
import { Picture, useEdition } from './picture.tsx';
import { posts } from './presenting.ts';
import { startWebcam, type Webcam } from './webcam.ts';

const lookEveryMs = 700;

export function Cameras() {
  const edition = useEdition(lookEveryMs);
  return (
    <div class="cameras">
      {posts.map(post => (
        <Camera key={post} post={post} edition={edition} />
      ))}
    </div>
  );
}

function Camera({ post, edition }: { readonly post: PostName; readonly edition: number }) {
  const { holdPicture, t } = usePanel();
  const hold = (picture: File | undefined) => picture !== undefined && void holdPicture(post, picture);
  const { isOver, handlers } = useDrop(({ files }) => hold(files[0]));
  return (
    <section class="camera" aria-label={`${t('show')}, ${t(post)}`}>
      <h3>{t(post)}</h3>
      {/* The file field below does the same by keyboard. */}
      <div class={`view ${isOver ? 'is-over' : ''}`} {...handlers}>
        <Picture address={`/api/cameras/${post}.png`} edition={edition} alt={t('cameraSees')} />
      </div>
      <div class="row">
        <label class="file">
          <span>{t('holdPicture')}</span>
          <input
            type="file"
            accept="image/png"
            onChange={event => {
              hold(event.currentTarget.files?.[0]);
              event.currentTarget.value = '';
            }}
          />
        </label>
        <Choice
          label={t('freeze')}
          command={`freeze ${post}`}
          options={{ off: t('freeze-off'), on: t('freeze-on') }}
        />
      </div>
      <OwnCamera post={post} />
    </section>
  );
}

function OwnCamera({ post }: { readonly post: PostName }) {
  const { holdPicture, t } = usePanel();
  const video = useRef<HTMLVideoElement>(null);
  const webcam = useRef<Webcam | undefined>(undefined);
  const [isOn, setOn] = useState(false);
  const [problem, setProblem] = useState('');
  useEffect(() => () => webcam.current?.stop(), []);

  const toggle = async () => {
    setProblem('');
    if (isOn) {
      webcam.current?.stop();
      webcam.current = undefined;
      setOn(false);
      return;
    }
    if (video.current === null) return;
    try {
      webcam.current = await startWebcam(video.current, picture => holdPicture(post, picture));
      setOn(true);
    } catch (error) {
      setProblem(`${t('noWebcam')}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };

  return (
    <div class="webcam">
      <button type="button" aria-pressed={isOn} onClick={() => void toggle()}>
        {t('webcam')}
      </button>
      <video ref={video} hidden={!isOn} muted playsInline aria-label={t('webcam')} />
      {problem !== '' && (
        <p class="bad" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
