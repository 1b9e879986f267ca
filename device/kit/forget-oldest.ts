/** Keeps a memory small: whatever was put into it first goes first. */

export function forgetOldest(memory: Map<unknown, unknown>, most: number): void {
  for (const oldest of memory.keys()) {
    if (memory.size <= most) return;
    memory.delete(oldest);
  }
}
