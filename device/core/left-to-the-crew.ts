/** The verdicts with which the machine leaves a passenger to the crew. */

/** Those that the policy may let the crew confirm as they are; an abnormal code it may only where its status is old. */
export const confirmableVerdicts = ['not-found', 'cannot-verify'] as const;
export type ConfirmableVerdict = (typeof confirmableVerdicts)[number];

export const leftToTheCrew = ['abnormal', ...confirmableVerdicts] as const;
export type LeftToTheCrew = (typeof leftToTheCrew)[number];
