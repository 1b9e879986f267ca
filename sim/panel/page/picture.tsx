/** A picture that changes at the same address: it is fetched again each time, and only the last one is kept. */
import { useEffect, useState } from 'preact/hooks';

interface PictureProps {
  readonly address: string;
  /** A new value fetches the picture again. */
  readonly edition: number;
  readonly alt: string;
}

export function Picture({ address, edition, alt }: PictureProps) {
  const [source, setSource] = useState<string | undefined>(undefined);
  useEffect(() => {
    const asked = new AbortController();
    fetch(address, { cache: 'no-store', signal: asked.signal })
      .then(async response => {
        const next = response.ok ? URL.createObjectURL(await response.blob()) : undefined;
        if (asked.signal.aborted && next !== undefined) URL.revokeObjectURL(next);
        else setSource(next);
      })
      .catch(() => {
        // The last picture stays until the next fetch succeeds.
      });
    return () => asked.abort();
  }, [address, edition]);
  useEffect(() => () => source !== undefined && URL.revokeObjectURL(source), [source]);
  return source === undefined ? (
    <div class="no-picture" role="img" aria-label={alt} />
  ) : (
    <img src={source} alt={alt} />
  );
}

/** Counts up at this pace while the page is visible. */
export function useEdition(everyMs: number): number {
  const [edition, setEdition] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) setEdition(count => count + 1);
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return edition;
}
