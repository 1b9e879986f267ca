/** A camera's address may hold who logs in, and how: that goes into no log and on no console. */

/** `rtsp://user:password@camera`, and `password=…` as some cameras want it in the path, without who and what. */
export function hideUserinfo(text: string): string {
  return text.replace(/\/\/[^\s/]+@/g, '//***@').replace(/(pass(?:word|wd)?|pwd)=[^\s&"'`]+/gi, '$1=***');
}
