/** What is judged is what is shown: characters that nobody sees make no difference. */

/**
 * Formats, fillers, variation selectors, marks of direction: U+200B, U+200E, U+202D, U+FE0F … Not U+202E: it turns round what is
 * shown.
 */
const invisible = /(?!\u202e)[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
const edge = /^(?:(?!\u202e)[\s\p{Cc}\p{Cf}])+|(?:(?!\u202e)[\s\p{Cc}\p{Cf}])+$/gu;

/** @returns the text without characters that show nothing; spaces stay */
export function withoutInvisible(text: string): string {
  return text.replace(invisible, '');
}

/** @returns the text without spaces, controls and invisible characters at both its ends */
export function trimmed(text: string): string {
  return text.replace(edge, '');
}

/** `U+001F` */
export function codePointName(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
