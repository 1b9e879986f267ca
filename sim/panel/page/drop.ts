/** Makes an element accept what is dragged onto it. */
import { useState } from 'preact/hooks';

/** @param take gets what was dropped */
export function useDrop(take: (dropped: DataTransfer) => void) {
  const [isOver, setOver] = useState(false);
  const handlers = {
    onDragOver(event: DragEvent) {
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: () => setOver(false),
    onDrop(event: DragEvent) {
      event.preventDefault();
      setOver(false);
      if (event.dataTransfer !== null) take(event.dataTransfer);
    },
  };
  return { isOver, handlers };
}
