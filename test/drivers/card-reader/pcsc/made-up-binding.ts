/** What made-up readers of the PC/SC binding have in common: pcsclite's numbers, and a card's ATR. */
export const atr = Uint8Array.of(0x3b, 0x81, 0x80, 0x01, 0x80, 0x80);
export const present = 0x20;

export const pcsclite = {
  SCARD_SHARE_SHARED: 2,
  SCARD_SHARE_DIRECT: 3,
  SCARD_PROTOCOL_T0: 1,
  SCARD_PROTOCOL_T1: 2,
  SCARD_STATE_PRESENT: present,
  SCARD_STATE_MUTE: 0x200,
  SCARD_LEAVE_CARD: 0,
  IOCTL_CCID_ESCAPE: 1,
};
