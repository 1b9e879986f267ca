/** A place where something can be dropped. */
import { useState } from 'preact/hooks';

/** @param take is given what was dropped */
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
