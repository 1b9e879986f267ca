/** Firmware that is not taken, and why: another try with the same bytes ends as this one. */
export class FirmwareRefused extends Error {}
