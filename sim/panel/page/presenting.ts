/** The doors, and the ways to present a medium. */

export const posts = ['front', 'rear'] as const;

/** Each is the name of its command. */
export const ways = ['tap', 'show', 'scan'] as const;
export type Way = (typeof ways)[number];

/** The terminal mode's letters, without q, which quits there. */
export const letters = 'abcdefghijklmnoprstuvwxyz';

export function isPhone(medium: string): boolean {
  return medium === 'ride-code';
}

/** Whether the medium can be presented this way. */
export function canBePresented(medium: string, way: Way): boolean {
  return isPhone(medium) === (way !== 'tap');
}

export function usualWay(medium: string): Way {
  return isPhone(medium) ? 'show' : 'tap';
}
