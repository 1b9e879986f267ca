/** Commands about money: what is on a passenger's purse, and the PSAM in a validator's slot. */
import { WrongUsage } from '../../../device/kit/errors.ts';
import { dayName, dayNamed, dayOf } from '../../backoffice/settlement/days.ts';
import { psamFaults } from '../../wires/psam-faults.ts';
import { purseOf, topUp } from '../purses.ts';
import { postNames } from '../validator-post.ts';
import { type BusCommand, oneOf, postOf, wordOf } from './command.ts';

const psamStates = ['in', 'out', ...psamFaults] as const;
const mostYuan = 1000;

export const fareCommands: readonly BusCommand[] = [
  {
    name: 'purse',
    usage: 'PASSENGER',
    help: "what is on the passenger's card: balance, the ride that is open, what it has paid and loaded last",
    async run(bus, [who]) {
      const passenger = wordOf(who, 'PASSENGER');
      const purse = purseOf(bus.cardOf(passenger));
      if (purse === undefined) throw new WrongUsage(`${passenger}'s card has no purse`);
      return { event: 'purse', passenger, ...purse };
    },
  },
  {
    name: 'topup',
    usage: 'PASSENGER YUAN',
    help: 'the passenger tops the card up, as 50 or 12.50; what was overdrawn is paid first',
    async run(bus, [who, yuan]) {
      const passenger = wordOf(who, 'PASSENGER');
      const amountFen = fenOf(yuan);
      const { balanceFen } = topUp(bus.cardOf(passenger), amountFen);
      return { event: 'topped-up', passenger, amountFen, balanceFen };
    },
  },
  {
    name: 'psam',
    usage: `front|rear ${psamStates.join('|')}`,
    help: 'the card in the validator that takes the fare: in its slot, pulled out, or one that fails',
    async run(bus, [post, word]) {
      const validator = postOf(post);
      const state = oneOf(word, psamStates);
      const { psam } = bus.posts[validator];
      if (psam === undefined) throw new WrongUsage('the validators have no PSAM: cards are not debited');
      if (state === 'out') await psam.pull();
      else if (state === 'in') psam.plug();
      else psam.fail(state);
      return { event: 'psam', validator, state };
    },
  },
  {
    name: 'settle',
    usage: '[DAY]',
    help: "the back office settles a day of Beijing's from what the validators have sent: today unless told, or as 2022-06-01",
    async run(bus, [word]) {
      const day = word === undefined ? dayName(dayOf(bus.now())) : dayName(dayNamed(word));
      const connected = postNames.filter(post => bus.office.isNetworkUp && bus.networks[post].isIn);
      const journals = connected.map(post => bus.posts[post].journal);
      const { lines: _, earlier: __, day: ___, ...account } = await bus.office.settle(journals, day);
      return { event: 'settled', day, ...account, url: `${bus.office.siteUrl}/sim/settlement/${day}` };
    },
  },
];

/** Digits alone, as in YAML. @throws WrongUsage */
export function fenOf(word = ''): number {
  const yuan = /^\d{1,4}(\.\d{1,2})?$/.test(word) ? Number(word) : Number.NaN;
  if (!(yuan > 0 && yuan <= mostYuan))
    throw new WrongUsage(`${word || 'nothing'}: YUAN is an amount up to ${mostYuan}, as 50 or 12.50`);
  return Math.round(yuan * 100);
}
