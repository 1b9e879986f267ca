/** Composes the check of ride codes: the SM2 implementation that works here, and the root authorities. */
import { type CodeChecker, createCodeChecker, readRootRecords } from '../core/ride-code.ts';
import type { Log } from '../kit/log.ts';
import { selectSm2 } from '../sm2/select.ts';

/**
 * @param records of root authorities, 144 bytes each; one that is no good is logged and left out
 * @returns also which SM2 implementation passed its self-test
 */
export async function openCodeChecker(
  records: readonly Uint8Array[],
  log: Log,
): Promise<{ readonly checkCode: CodeChecker; readonly sm2Engine: string }> {
  const { sm2, engine } = await selectSm2();
  const roots = readRootRecords(records, sm2, problem => log.error('root-record-refused', { problem }));
  return { checkCode: createCodeChecker(roots, sm2), sm2Engine: engine };
}
