/** The package nfc-pcsc, which is optional: it is built at the installation where its headers are there. */
import { messageOf } from '../../../device/kit/errors.ts';

/** @returns the library, or why there is none and what to do */
export async function loadLibrary(): Promise<
  { readonly new: typeof import('nfc-pcsc').NFC } | { readonly missing: string }
> {
  try {
    return { new: (await import('nfc-pcsc')).NFC };
  } catch (error) {
    const remedy =
      'install libpcsclite1, pcscd and, to build it, libpcsclite-dev, g++, make and python3; then: npm ci';
    return {
      missing: `the package nfc-pcsc cannot be loaded (${messageOf(error).split('\n')[0]}): ${remedy}`,
    };
  }
}
