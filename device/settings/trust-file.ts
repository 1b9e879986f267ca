/** The root authorities whose ride codes are taken: `{"rootRecords": ["<144 bytes in hex>", …]}`, JT/T 1179. */
import { z } from 'zod';
import { fromHex } from '../core/bytes.ts';
import { readYamlFile, section } from '../kit/yaml-file.ts';

const record = z
  .string()
  .regex(/^[0-9a-fA-F]{288}$/, 'must be 144 bytes in hex')
  .transform(text => fromHex(text) ?? new Uint8Array());
const schema = section({ rootRecords: z.array(record).max(256) });

/** JSON is read as the YAML it is, for the sake of line numbers in errors. @throws FileProblems */
export function readTrustFile(path: string): readonly Uint8Array[] {
  return readYamlFile(path, schema).rootRecords;
}
