/** A value that components watch. */
import { useEffect, useState } from 'preact/hooks';

export interface Value<T> {
  get(): T;
  set(next: T): void;
  /** @returns a function that ends it */
  watch(listener: () => void): () => void;
}

export function createValue<T>(first: T): Value<T> {
  const listeners = new Set<() => void>();
  let value = first;
  return {
    get: () => value,
    set(next) {
      if (next === value) return;
      value = next;
      for (const listener of listeners) listener();
    },
    watch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

export function useValue<T>(value: Value<T>): T {
  const [, redraw] = useState(0);
  const seen = value.get();
  useEffect(() => {
    const again = () => redraw(count => count + 1);
    if (value.get() !== seen) again();
    return value.watch(again);
  }, [value]);
  return seen;
}
