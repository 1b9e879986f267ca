/** Where and in which ways a medium can be presented. */

export const posts = ['front', 'rear'] as const;

/** Each the name of its command. */
export const ways = ['tap', 'show', 'scan'] as const;
export type Way = (typeof ways)[number];

/** Letters of the terminal mode: q is to quit there. */
export const letters = 'abcdefghijklmnoprstuvwxyz';

export function isPhone(medium: string): boolean {
  return medium === 'ride-code';
}

/** Whether a medium can be presented in this way. */
export function canBePresented(medium: string, way: Way): boolean {
  return isPhone(medium) === (way !== 'tap');
}

export function usualWay(medium: string): Way {
  return isPhone(medium) ? 'show' : 'tap';
}
