/**
 * The slots of all PC/SC readers, as pcscd names them (`ACS ACR1252 Dual Reader [ACR1252 Dual Reader PICC] 00 00`): which is
 * for passengers, and what a technician should know of the others.
 */

/** The slot of the operator's own security module: not for passengers' cards, unless the settings name it. */
const security = /\bSAM\b/i;
const contactless = /PICC|contactless|\bNFC|\d*CL\b|ACR122/i;
const contact = /\bICC\b|\bcontact\b/i;

/** @returns the best slot for passengers' cards; undefined where none may be used */
export function chooseSlot(names: readonly string[], wanted: string | undefined): string | undefined {
  const usable = names.filter(name => isWanted(name, wanted));
  return usable.reduce<string | undefined>(
    (best, name) => (best === undefined || isBetter(name, best) ? name : best),
    undefined,
  );
}

/** A contactless slot before one whose name says nothing, and a contact slot last. */
export function isBetter(name: string, than: string): boolean {
  return rank(name) > rank(than);
}

export function isWanted(name: string, wanted: string | undefined): boolean {
  if (wanted === undefined) return !security.test(name);
  return name.toLowerCase().includes(wanted.toLowerCase());
}

/** @param withCard unused slots that hold a card. @returns '' while there is nothing to say */
export function describeSlots(used: string, others: readonly string[], withCard: readonly string[]): string {
  if (others.length === 0) return '';
  const idle = `uses ${used}; not used: ${others.join(', ')}`;
  if (withCard.length === 0) return idle;
  return `${idle}; a card is in ${withCard.join(', ')}: if that is the passengers’ slot, name it as reader`;
}

function rank(name: string): number {
  if (security.test(name)) return 0;
  if (contactless.test(name)) return 3;
  return contact.test(name) ? 1 : 2;
}
