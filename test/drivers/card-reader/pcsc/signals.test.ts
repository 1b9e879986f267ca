import * as assert from 'uvu/assert';
import type { Light, Tone } from '../../../../device/core/screen.ts';
import { signalOf } from '../../../../drivers/card-reader/pcsc/signals.ts';
import { suite } from '../../../harness.ts';

function bytesOf(reader: string, light: Light, tone: Tone): string[] {
  const steps = signalOf(reader)?.(light, tone) ?? [];
  return steps.map(({ command }) => Buffer.from(command).toString('hex'));
}

suite('lights and buzzer of PC/SC readers', test => {
  const acr122 = 'ACS ACR122U PICC Interface 00 00';
  const beep122 = 'ff0040000401000101';

  test('ACR122U: both LEDs are set in one command, each beep is one of 100 ms', () => {
    assert.equal(bytesOf(acr122, 'off', 'none'), ['ff00400c0400000000']);
    assert.equal(bytesOf(acr122, 'red', 'none'), ['ff00400d0400000000']);
    assert.equal(bytesOf(acr122, 'green', 'one'), ['ff00400e0400000000', beep122]);
    assert.equal(bytesOf(acr122, 'amber', 'two'), ['ff00400f0400000000', beep122, beep122]);
    assert.is(bytesOf(acr122, 'red', 'three').length, 4);
    assert.is(bytesOf(acr122, 'red', 'long').length, 6);
  });

  test('ACR1252U: red is bit 0, green bit 1, the buzzer counts in 10 ms', () => {
    const acr1252 = 'ACS ACR1252 Dual Reader [ACR1252 Dual Reader PICC] 00 00';
    assert.equal(bytesOf(acr1252, 'green', 'one'), ['e00000290102', 'e0000028010a']);
    assert.equal(bytesOf(acr1252, 'amber', 'short'), ['e00000290103', 'e00000280105']);
    assert.equal(bytesOf(acr1252, 'red', 'long'), ['e00000290101', 'e00000280132']);
  });

  test('other readers are sent nothing', () => {
    assert.is(signalOf('Virtual PCD 00 00'), undefined);
    assert.is(signalOf('Identiv uTrust 3700 F CL Reader 00 00'), undefined);
  });
});
