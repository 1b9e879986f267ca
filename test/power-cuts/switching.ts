/** New firmware comes, is put on trial and confirmed; another one comes, and is given up. */
import { readFileSync } from 'node:fs';
import { readBoot, writeBoot } from '../../device/update/boot-file.ts';
import { beginTrial, confirm, giveUp, spareSlot } from '../../device/update/boot-record.ts';
import { chooseFirmware } from '../../device/update/choose-firmware.ts';
import { unpackFirmware } from '../../sync/firmware/unpack.ts';
import { trial } from '../device/update/slots.ts';
import { sha256 } from '../sync/firmware/archives.ts';

const [folder = '', ...archives] = process.argv.slice(2);

for (const [i, archive] of archives.entries()) {
  const slot = spareSlot(readBoot(folder)) ?? 'a';
  const digest = sha256(readFileSync(archive));
  await unpackFirmware(archive, `${folder}/${slot}`, digest, () => undefined);
  writeBoot(folder, beginTrial(readBoot(folder), { ...trial, slot, sha256: digest }));
  chooseFirmware(folder, true, 1000);
  chooseFirmware(folder, true, 1000);
  const record = readBoot(folder);
  writeBoot(folder, i % 2 === 0 ? confirm(record) : giveUp(record, 'it was bad', 1000));
  chooseFirmware(folder, true, 1000);
}
