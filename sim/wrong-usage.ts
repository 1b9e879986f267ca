/** What a tester typed cannot be carried out as typed: exit code 2. */
export class WrongUsage extends Error {
  override readonly name = 'WrongUsage';
}
