/** Several slots: the contactless one is used, the others are told, and so is a card in one of them. */

import { EventEmitter } from 'node:events';
import type { PcscReader } from 'nfc-pcsc';
import * as assert from 'uvu/assert';
import type { ReaderSlot } from '../../../../device/ports.ts';
import { createSlots } from '../../../../drivers/card-reader/pcsc/slot-watch.ts';
import { chooseSlot, isBetter } from '../../../../drivers/card-reader/pcsc/slots.ts';
import { suite, until } from '../../../harness.ts';

const acr1252 = (slot: string, number: string) =>
  `ACS ACR1252 Dual Reader [ACR1252 Dual Reader ${slot}] ${number} 00`;
const picc = acr1252('PICC', '00');
const sam = acr1252('SAM', '01');
const acr1281 = ['ICC', 'PICC', 'SAM'].map((slot, i) => `ACS ACR1281 1S Dual Reader [${slot}] 00 0${i}`);
const omnikey = ['HID OMNIKEY 5422 Smartcard Reader 00 00', 'HID OMNIKEY 5422CL Smartcard Reader 01 00'];

suite('the slots of PC/SC readers', test => {
  test('the contactless one, wherever it stands; never a SAM’s; a contact slot if there is no other', () => {
    assert.is(chooseSlot([sam, picc], undefined), picc);
    assert.is(chooseSlot(acr1281, undefined), acr1281[1]);
    assert.is(chooseSlot(omnikey, undefined), omnikey[1]);
    assert.is(
      chooseSlot(['Contact Reader 00 00', 'SCL011 Contactless Reader 01 00'], undefined),
      'SCL011 Contactless Reader 01 00',
    );
    assert.is(chooseSlot(['Front 00 00', 'Rear 00 00'], undefined), 'Front 00 00');
    assert.is(chooseSlot([sam], undefined), undefined);
    assert.is(chooseSlot(['Gemalto Contact 00 00'], undefined), 'Gemalto Contact 00 00');
  });

  test('what the settings name, and of several of that name the contactless one', () => {
    assert.is(chooseSlot([sam, picc], 'sam'), sam);
    assert.is(chooseSlot(acr1281, 'acr1281'), acr1281[1]);
    assert.is(chooseSlot([picc], 'omnikey'), undefined);
    assert.ok(isBetter(picc, omnikey[0] ?? ''));
    assert.not(isBetter(omnikey[0] ?? '', 'Virtual PCD 00 00'));
  });

  test('all are told, a card in an unused one too; what the used one said before it was chosen is not lost', async () => {
    const slot = (name: string) =>
      Object.assign(new EventEmitter(), { name, SCARD_STATE_PRESENT: 0x20 }) as unknown as PcscReader;
    const [contact, used, own] = acr1281.map(slot);
    if (contact === undefined || used === undefined || own === undefined) throw new Error('three slots');
    const notes: string[] = [];
    const seen: unknown[] = [];
    const all: (readonly ReaderSlot[])[] = [];
    const slots = createSlots(undefined, pcsc => pcsc.on('status', status => seen.push(status)), {
      note: text => notes.push(text),
      slots: seen => all.push(seen),
    });
    for (const each of [contact, used, own]) slots.add(each);
    const early = { state: 0x20 };
    used.emit('status', early);
    await until('chosen', () => slots.used() === used.name);
    assert.equal(seen, [early]);
    assert.is(notes.at(-1), `uses ${used.name}; not used: ${contact.name}, ${own.name}`);
    contact.emit('status', { state: 0x220 });
    assert.match(notes.at(-1) ?? '', `a card is in ${contact.name}`);
    assert.equal(
      all.at(-1)?.map(({ name, isUsed, hasForgottenCard }) => [name, isUsed, hasForgottenCard]),
      [
        [contact.name, false, true],
        [used.name, true, false],
        [own.name, false, false],
      ],
    );
    contact.emit('status', { state: 0x10 });
    assert.not.match(notes.at(-1) ?? '', 'a card is in');
    assert.is(seen.length, 1, 'a card in another slot is no tap');
    own.emit('end');
    contact.emit('end');
    assert.is(notes.at(-1), '');
  });
});
