/** What a technician is told about each fault: what is wrong, and what to do. */
import { beijingTime } from '../core/beijing-time.ts';
import { dataProblem, usableUntil } from '../core/check.ts';
import type { PartKind } from '../core/service-screen.ts';
import { gnssTime } from '../core/time-belief.ts';
import { hideUserinfo } from '../kit/address.ts';
import type { Looked } from './context.ts';
import { duration } from './format.ts';
import type { Texts } from './language.ts';

/** Clocks that are this close are not told apart. */
const farMs = 120_000;

export function whatIsWrong(kind: PartKind, problem: string, context: Looked): string {
  if (kind === 'clock') return clockProblem(problem, context);
  if (kind === 'links') return linksProblem(problem, context);
  return problem;
}

/** How far the clock is from the satellites and from what is signed, which its own problem does not always say. */
function clockProblem(problem: string, { time, monotonic }: Looked): string {
  const state = time.state();
  const gnss = gnssTime(state, monotonic());
  if (gnss === undefined || Math.abs(time.now() - gnss) < farMs) return problem;
  const ago = gnss - (state.floorMs ?? Number.NaN);
  const signed = ago >= 0 && ago <= 3_600_000 ? ` and of data signed ${duration(ago)} ago` : '';
  const apart = time.now() - gnss;
  const far = `${duration(Math.abs(apart))} ${apart > 0 ? 'ahead of' : 'behind'} GNSS${signed}`;
  return `the clock is ${far} (${problem})`;
}

function linksProblem(problem: string, context: Looked): string {
  const { feed, time } = context;
  const isFeedAway = feed !== undefined && !isFeedAnswering(context);
  if (ageProblem(context) === undefined || isFeedAway || standingOf(context) !== 'its own') return problem;
  const or = feed === undefined ? 'nothing new was delivered' : 'nothing new is published';
  return `the clock is wrong or ${or}: by ${beijingTime(time.now())}, which nothing vouches for, ${problem}`;
}

type DataProblem = NonNullable<ReturnType<typeof dataProblem>>;

/** What the dates of the data and the clock say of each other. */
function ageProblem({ links, policy, clock }: Looked): DataProblem | undefined {
  const state = links.describe();
  return state.usable ? dataProblem(state, policy(), clock()) : undefined;
}

function isFeedAnswering({ feed }: Looked): boolean {
  const state = feed?.state();
  return state?.lastSuccess !== undefined && state.problem === undefined;
}

/** Who stands for the time: somebody else, nobody but the board's own clock, or is it at fault. */
function standingOf({ time }: Looked): 'vouched for' | 'its own' | 'at fault' {
  const { source, problem } = time.state();
  if (problem !== undefined) return 'at fault';
  return source === 'gnss' || source === 'synchronised' ? 'vouched for' : 'its own';
}

const uplinkKeys =
  'The broker does not know this validator: see its certificate, and whether `clock` is right';
const clockFirst = 'See to the clock first';
const renewalTexts = {
  'vouched for': 'The feed answers and has nothing newer: tell whoever runs the back office',
  'its own':
    'Compare `clock` with a watch. If it is fast, set it and switch off and on; if not, tell the back office',
  'at fault': clockFirst,
};

type Remedy = string | ((context: Looked) => string);

/** The first whose words are in the problem counts. */
const remedies: Readonly<Record<PartKind, readonly (readonly [words: RegExp, remedy: Remedy])[]>> = {
  journal: [
    [
      /has come to its \d+ MiB/,
      'See `uplink`: rides go on when the back office takes rows. Or give the journal more room (`journalKeep.mib`)',
    ],
    [/ENOSPC|EDQUOT|full/i, 'Make room there: delete what is not the validator’s. Rides go on by themselves'],
    [
      /EFBIG/,
      'No file may grow any more: make room there, or lift the limit on the size of files (ulimit -f)',
    ],
    [/EROFS|read-?only/i, 'The disk takes no writes: it is worn out or was switched off hard. Replace it'],
    [/locked|busy/i, 'Another program holds it: end that one'],
    [/EACCES|EPERM|permission/i, 'Give the journal and its directory back to the firmware’s user'],
    [/belongs to device/, 'Put this validator’s own journal there, or correct `device` in the settings'],
    [/removed or replaced/, 'Put the journal back, or start the firmware again for a new one'],
    [/./, 'See whether its disk is there and can be written. If it is, replace the disk'],
  ],
  'journal-rows': [
    [
      /was damaged/,
      'Bring that file to the back office, which imports it, and delete it here. The next start ends this message',
    ],
    [/./, 'Tell the back office the numbers. The next start ends this message'],
  ],
  'journal-space': [
    [/reads the journal/, 'End the program that has it open'],
    [
      /./,
      'See `uplink`. Or carry an export of the journal to the back office, and give it more room (`journalKeep.mib`). Full, no ride is taken',
    ],
  ],
  'card-reader': [
    [/unplugged|no reader is/, 'Plug the reader in; `readers` says what is plugged in instead'],
    [/pcscd/, 'Start pcscd: systemctl restart pcscd'],
    [/install /, 'Install what is missing, and start the firmware again'],
    [/./, 'See to its cable and power. Passengers can scan codes meanwhile'],
  ],
  psam: [
    [/no PSAM/, 'Put the PSAM into its slot, contacts first. Passengers can scan codes meanwhile'],
    [
      /number|answered|9[34]|69/,
      'The PSAM is blocked, expired or another network’s: exchange it for one of this line',
    ],
    [/./, 'See to its reader’s cable and power. Passengers can scan codes meanwhile'],
  ],
  'code-reader': [
    [/take it away/, 'Take the code away that stands before the camera, a sticker or a picture'],
    [/frozen/, 'The camera hangs: switch it off and on, or plug it in again'],
    [/ffmpeg is missing/, 'apt-get install ffmpeg'],
    [/./, 'See to its cable and power. Passengers can tap cards meanwhile'],
  ],
  decoder: [[/./, 'It starts again by itself. If this stays, switch the validator off and on']],
  links: [
    [/no link cache/, context => bringLinks(context)],
    [
      /fleet key|no key/i,
      'The keys file is of another feed or device: see `links.fleetKeys` in the settings',
    ],
    [/permission|EACCES|may write/i, 'Give the directory back to the firmware’s user (owner, mode 0700)'],
    [/older than/, context => renewLinks(context)],
    [
      /future/,
      context =>
        standingOf(context) === 'at fault'
          ? clockFirst
          : 'Compare `clock` with a watch: set it if it is slow. If it is right, the publisher’s clock is fast',
    ],
    [/./, context => bringLinks(context)],
  ],
  feed: [
    [/signed by|initial root metadata/, context => trustedRoot(context)],
    [/no key for this device/, 'Enrol this validator: `feed device add` at the back office'],
    [
      /not yet valid|dated|expires .*one of the two/,
      'Compare `clock` with a watch; if it is right, the publisher’s clock is wrong',
    ],
    [
      /expired/,
      'Compare `clock` with a watch; if it is right, the back office must sign anew (`feed publish`) or renew the server’s certificate',
    ],
    [
      /the certificate of/,
      'The feed’s server has a certificate that is not trusted here: see `feed.url`, or renew it',
    ],
    [/EFBIG|ENOSPC|EDQUOT|disk|full|SQLITE/i, 'See to the disk; updates go on by themselves'],
    [/not JSON|redirect/, 'Somebody else answers at `feed.url`: a sign-in page, or a wrong address'],
    [/the syncing thread/, 'It starts again by itself. If this stays, switch the validator off and on'],
    [/status \d+/, 'The feed’s server refuses: tell whoever runs it'],
    [
      /ENOTFOUND|EAI_AGAIN/,
      'The server’s name is not known: see to modem, SIM and DNS, or correct `feed.url`',
    ],
    [/rollback|less than/, 'The server offers older data than there was: tell whoever runs the back office'],
    [/./, 'See to modem, SIM and network, then `sync`'],
  ],
  'feed-expiry': [[/./, 'Tell whoever runs the back office. Nothing is refused yet']],
  uplink: [
    [/does not take \d/, 'Tell the back office the numbers: these rows stay in the journal'],
    [
      /another has connected/,
      'Another machine has this validator’s certificate: tell the back office at once',
    ],
    [/refuses us|does not let us|does not take what|certificate|CERT|self.signed|alert/i, uplinkKeys],
    [/ENOSPC|EDQUOT|EROFS|EACCES|EPERM|disk/, 'See to the disk that the journal is on'],
    [/ENOENT|PEM|asn1/i, 'See to the files that `uplink` names in the settings'],
    [/ENOTFOUND|EAI_AGAIN/, 'The broker’s name is not known: see to modem, SIM and DNS, or `uplink.url`'],
    [/does not answer/, 'The broker answers and the back office does not: tell whoever runs it'],
    [/thread/, 'It starts again by itself. If this stays, switch the validator off and on'],
    [/./, 'See to modem, SIM and network. Rides stay in the journal meanwhile'],
  ],
  clock: [
    [
      /no plausible source/,
      'Set the board’s clock and replace its battery, or let it see satellites or the feed',
    ],
    [
      /not followed/,
      'Leave the bus for 20 min without a ride: then it is followed. Or set the board’s clock and switch off and on',
    ],
    [
      /doubted/,
      'Set the board’s clock (timedatectl set-time) and switch off and on. Replace its battery if it comes back',
    ],
    [/gnss/, 'Compare `clock` with a watch. If it is right, see to the receiver and its antenna'],
    [/./, 'Set the board’s clock and switch off and on'],
  ],
  gnss: [
    [/nothing heard|timeout/, 'See to the receiver’s cable and power'],
    [/./, 'See to the receiver’s cable, and to its `baudRate` in the settings'],
  ],
  display: [[/./, 'See to the display’s cable and power']],
  speaker: [
    [/no track in the settings/, 'Give the prompts that are named a track: see `tracks` in the settings'],
    [/lacks prompts/, 'Copy the recordings that are named to where it has the others'],
    [/memory card/, 'Put its memory card in'],
    [/install /, 'Install the package that is named; it is used at once'],
    [/./, 'See to the loudspeaker’s cable, and to its card or module'],
  ],
  'crew-key': [
    [/./, 'See to the key’s cable. `confirm` here, a touch and a crew card do the same meanwhile'],
  ],
  'bus-link': [
    [/cannot listen/, 'Correct `busLink.listen`, or end the program that has the port'],
    [/no agreement/, 'Give all validators of the bus the same key file, and each its own `device`'],
    [
      /./,
      'See whether the other validator is switched on, and to the cable between the doors. Until then a torn tap is mended at its own door',
    ],
  ],
  'door-contact': [[/./, 'See to the contact’s cable. The stop goes by the position alone meanwhile']],
  console: [[/./, 'See to the line that the console is on']],
};

export function remedyFor(kind: PartKind, problem: string, context: Looked): Texts {
  const found =
    remedies[kind].find(([words]) => words.test(problem))?.[1] ?? 'Switch the validator off and on';
  const remedy = typeof found === 'string' ? found : found(context);
  const en = kind === 'feed' ? `${remedy}. Health codes ${usableText(context)}` : remedy;
  return { en, zh: en };
}

/** @returns until when health codes can be checked if nothing new comes, Unix milliseconds; undefined where they cannot */
export function usableUntilOf({
  links,
  policy,
  clock,
}: Pick<Looked, 'links' | 'policy' | 'clock'>): number | undefined {
  const state = links.describe();
  if (!state.usable || dataProblem(state, policy(), clock()) !== undefined) return undefined;
  return usableUntil(state, policy());
}

function usableText(context: Looked): string {
  const until = usableUntilOf(context);
  return until === undefined ? 'cannot be checked until then' : `can be checked until ${beijingTime(until)}`;
}

function bringLinks({ config, feed }: Looked): string {
  if (feed === undefined) return `Deliver a link cache to ${config.links.cache}`;
  return feed.state().problem === undefined
    ? 'It comes with the next version of the feed: type `sync`'
    : 'It comes by itself when the feed is reached';
}

function renewLinks(context: Looked): string {
  const { feed, config } = context;
  if (feed === undefined) {
    const watch =
      standingOf(context) === 'its own' ? 'Compare `clock` with a watch. If it is right, deliver' : 'Deliver';
    return `${watch} a newer link cache to ${config.links.cache}`;
  }
  if (!isFeedAnswering(context)) return 'It is renewed by itself when the feed is reached';
  return renewalTexts[standingOf(context)];
}

function trustedRoot({ config }: Looked): string {
  const { url = '', root = '' } = config.feed ?? {};
  return `${root} is the root of another feed than ${hideUserinfo(url)}: put that feed’s root.json there`;
}
