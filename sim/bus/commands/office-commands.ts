/** Commands about the back office: health codes, registration, publication, and what of it reaches the validators. */
import { statuses } from '../../../device/core/check.ts';
import { phases } from '../../../device/core/phase.ts';
import { WrongUsage } from '../../../device/kit/errors.ts';
import { deniedReasons } from '../../../sync/publisher/denied-media.ts';
import { dataStates, type SourceState, sourceStates } from '../office/publication.ts';
import { latestMoment, type PilotMoment } from '../office/trust-and-policy.ts';
import { type BusCommand, oneOf, wordOf } from './command.ts';
import { policyRules, readRules } from './policy-rules.ts';

const healths = [...statuses, 'none'] as const;
const sourceWords = Object.keys(sourceStates) as SourceState[];

export const officeCommands: readonly BusCommand[] = [
  {
    name: 'health',
    usage: `PASSENGER ${healths.join('|')}`,
    help: "change a passenger's health code; none takes the link away",
    async run(bus, [who, health]) {
      const passenger = wordOf(who, 'PASSENGER');
      const changed = oneOf(health, healths);
      const version = await bus.office.setHealth(passenger, changed);
      return { event: 'health', passenger, health: changed, version };
    },
  },
  {
    name: 'register',
    usage: 'PASSENGER [by proxy]',
    help: "the passenger registers on the site: name and phone, SMS code, consent; by proxy: somebody else does, and asks for the code on the passenger's phone",
    async run(bus, [who, ...by]) {
      const passenger = wordOf(who, 'PASSENGER');
      const isByProxy = by.length > 0;
      const version = await bus.office.register(passenger, isByProxy);
      return { event: 'registered', passenger, ...(isByProxy && { byProxy: true }), version };
    },
  },
  {
    name: 'withdraw',
    usage: 'PASSENGER',
    help: 'the passenger withdraws on the site: the link goes, the data is erased',
    async run(bus, [who]) {
      const passenger = wordOf(who, 'PASSENGER');
      return { event: 'withdrawn', passenger, version: await bus.office.withdraw(passenger) };
    },
  },
  {
    name: 'deny',
    usage: `PASSENGER [${deniedReasons.join('|')}]`,
    help: "the passenger's card or code is on the list of denied media from now on; lost unless told",
    async run(bus, [who, why = 'lost']) {
      const passenger = wordOf(who, 'PASSENGER');
      const reason = oneOf(why, deniedReasons);
      return { event: 'denied', passenger, reason, version: await bus.office.deny(passenger, reason) };
    },
  },
  {
    name: 'reinstate',
    usage: 'PASSENGER',
    help: "the passenger's card or code is off the list of denied media",
    async run(bus, [who]) {
      const passenger = wordOf(who, 'PASSENGER');
      return { event: 'reinstated', passenger, version: await bus.office.reinstate(passenger) };
    },
  },
  {
    name: 'seniors',
    usage: '',
    help: 'the bus group links the cards of its senior passengers without their application',
    run: async bus => ({ event: 'seniors-linked', passengers: await bus.office.linkSeniors() }),
  },
  {
    name: 'inbox',
    usage: 'PASSENGER',
    help: "the SMS on the passenger's phone, newest first",
    async run(bus, [who]) {
      const passenger = wordOf(who, 'PASSENGER');
      return { event: 'inbox', passenger, messages: bus.office.inbox(passenger).map(({ text }) => text) };
    },
  },
  {
    name: 'source',
    usage: sourceWords.join('|'),
    help: 'how the health-code source answers the back office',
    async run(bus, [word]) {
      const state = oneOf(word, sourceWords);
      bus.office.setSource(state);
      return { event: 'source', state };
    },
  },
  {
    name: 'publish',
    usage: '',
    help: 'publish a version of the feed now',
    run: async bus => ({ event: 'published', version: await bus.office.publish() }),
  },
  {
    name: 'publishing',
    usage: 'on|off',
    help: 'off: nothing is published but by publish, and the story writes the feed itself',
    async run(bus, [word]) {
      const state = oneOf(word, ['on', 'off'] as const);
      bus.office.setPublishing(state === 'on');
      return { event: 'publishing', state };
    },
  },
  {
    name: 'policy',
    usage: 'RULE=VALUE …',
    help: `change the policy that is published; RULE is one of ${policyRules.join(', ')}, as lines=2,10`,
    async run(bus, words) {
      return {
        event: 'policy',
        rules: words.join(' '),
        version: await bus.office.setRules(readRules(words)),
      };
    },
  },
  {
    name: 'phase',
    usage: `${phases.join('|')}|INSTANT`,
    help: 'what the pilot is at from now on, or where in its calendar, as 2022-05-22T23:59:50+08:00',
    async run(bus, [word = '']) {
      const version = await bus.office.setPhase(momentOf(word));
      return { event: 'phase', phase: bus.office.phase, version };
    },
  },
  {
    name: 'data',
    usage: dataStates.join('|'),
    help: 'what the validators hold: data of now, of two days ago, or none and no network',
    async run(bus, [word]) {
      const state = oneOf(word, dataStates);
      const version = await bus.office.setData(state);
      return { event: 'data', state, ...(version !== undefined && { version }) };
    },
  },
  {
    name: 'network',
    usage: 'on|off',
    help: 'whether the validators reach the feed',
    async run(bus, [word]) {
      const state = oneOf(word, ['on', 'off'] as const);
      bus.office.setNetwork(state === 'on');
      return { event: 'network', state };
    },
  },
];

function momentOf(word: string): PilotMoment {
  const at = /^\d{4}-/.test(word) ? Date.parse(word) : Number.NaN;
  if (at > latestMoment)
    throw new WrongUsage(`${word} is later than ${new Date(latestMoment).toISOString()}`);
  return Number.isNaN(at) ? oneOf(word, phases) : at;
}
