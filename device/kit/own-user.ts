/** For commands that a technician runs as root beside a firmware that runs as a user of its own. */
import { foundAt } from './own-file.ts';

/**
 * As root: becomes for good the user to whom the path belongs, with that user's groups. So nothing is made that the firmware could
 * not read, root follows no link that another user has laid, and what may be opened is what the firmware may open.
 */
export function becomeOwnerOf(path: string): void {
  const { uid = 0, gid = 0 } = foundAt(path) ?? {};
  if (process.geteuid?.() !== 0 || uid === 0) return;
  takeGroups(uid, gid);
  process.setgid?.(gid);
  process.setuid?.(uid);
}

function takeGroups(uid: number, gid: number): void {
  try {
    // Node has it, and its types lack it.
    (process as { initgroups?(user: number, group: number): void }).initgroups?.(uid, gid);
  } catch {
    // A user without a name has no other groups.
    process.setgroups?.([gid]);
  }
}
