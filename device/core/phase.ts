/** How far the pilot has come. */

export const phases = ['before', 'registration', 'trial', 'enforced'] as const;
export type Phase = (typeof phases)[number];
