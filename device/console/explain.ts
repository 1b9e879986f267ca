/** `explain`: the next medium presented, every check made on it, the verdict and why. */
import { beijingTime } from '../core/beijing-time.ts';
import { type Confirmation, isDenied, type LinkLookup } from '../core/check.ts';
import type { CrewCard, LostCard, Presented, TapReport } from '../tap/tap-report.ts';
import { confirmingText } from './confirm.ts';
import type { Command, ConsoleContext, Say } from './context.ts';
import { columns } from './format.ts';
import { notesOf } from './status.ts';

const waitMs = 120_000;

export const explain: Command = {
  name: 'explain',
  usage: '',
  help: 'waits for the next medium presented and explains its verdict',
  run: ({ validator, parts }, _args, say, signal) => {
    say(`present a card or a code within ${waitMs / 1000} s (Ctrl-C ends the wait)`);
    const sayNotes = newNotes({ parts }, say);
    sayNotes();
    return new Promise(resolve => {
      const stopWatching = parts.onChange(sayNotes);
      const end = (text: string) => {
        clearTimeout(timer);
        stopListening();
        stopWatching();
        signal.removeEventListener('abort', onAbort);
        resolve(text);
      };
      const onAbort = () => end('no longer waiting');
      const timer = setTimeout(() => end('nothing was presented'), waitMs);
      const stopListening = validator.onTap(report => end(describe(report)));
      signal.addEventListener('abort', onAbort);
    });
  },
};

/** Says each note of the code readers once: what a scanner sends may be nobody's presentation. */
function newNotes(context: Pick<ConsoleContext, 'parts'>, say: Say): () => void {
  const said = new Set<string>();
  return () => {
    for (const note of notesOf(context, ['code-reader'])) {
      if (!said.has(note)) say(`note: ${note}`);
      said.add(note);
    }
  };
}

function describe(report: Presented): string {
  if ('lost' in report) return describeLost(report);
  return 'confirming' in report ? describeCrewCard(report) : describeTap(report);
}

function describeCrewCard({ reader, at, confirming }: CrewCard): string {
  return columns([
    ['presented', `crew card at ${reader}, ${beijingTime(at)}`],
    ['confirmed', confirmingText(confirming)],
    ['journal', 'nothing: it is no ride'],
  ]);
}

/** Holds no account: what identifies the medium is its token. */
function describeTap(report: TapReport): string {
  const { reader, at, tookMs, steps, kind, token, seen, link, decision, seq, notice } = report;
  const { verdict, phase, fareTaken, fareFen, confirmation } = decision;
  const reason =
    'reason' in verdict ? ` (${verdict.reason})` : 'status' in verdict ? ` (${verdict.status})` : '';
  const fare = fareTaken ? yuan(fareFen) : 'not taken';
  return columns([
    ['presented', `${kind} at ${reader}, ${beijingTime(at)}`],
    ['token', token ?? 'none: not a medium this bus takes'],
    ...steps.map(step => [step.ok ? 'ok' : 'FAILED', `${step.check}: ${step.detail}`]),
    ['seen', seen === 'new' ? 'not taken lately' : seen],
    ['link', describeLink(link)],
    ...(link !== undefined && isDenied(link) ? [['denied', 'on the list of denied media']] : []),
    ...(confirmation ? [['checked', checkedText(confirmation)]] : []),
    ['phase', phase],
    ['verdict', `${verdict.verdict}${reason}`],
    ...rideLines(report),
    ['fare', seq === undefined ? 'not taken' : fare],
    ...paymentLines(report),
    ['journal', seq === undefined ? 'NOT WRITTEN: out of service, no ride taken' : `seq ${seq}`],
    ['shown', `${notice.passenger.headline.zh} / crew: ${notice.crew.headline.zh}`],
    ['took', `${tookMs.toFixed(1)} ms`],
  ]);
}

function rideLines({ decision: { ride } }: TapReport): string[][] {
  if (ride?.step === 'on') return [['ride', `on, at most ${yuan(ride.mostFen)} if nobody taps off`]];
  if (ride?.step !== 'off') return [];
  const { distanceM, reason } = ride.fare;
  return [['ride', `off, ${distanceM === undefined ? reason : `${Math.round(distanceM)} m, ${reason}`}`]];
}

function paymentLines({ paidFen, whyNotPaid }: TapReport): string[][] {
  if (whyNotPaid !== undefined) return [['FAILED', `purchase: ${whyNotPaid}`]];
  return paidFen === undefined ? [] : [['paid', `${yuan(paidFen)}, by the card`]];
}

function yuan(fen: number): string {
  return `${(fen / 100).toFixed(2)} yuan`;
}

function checkedText({ by, row, isPaid }: Confirmation): string {
  const who = typeof by === 'string' ? by : `crew card ${by.card}`;
  return `by hand, confirmed by ${who}, after seq ${row}${isPaid ? ', which has paid' : ''}`;
}

function describeLost({ reader, at }: LostCard): string {
  return columns([
    ['presented', `card at ${reader}, ${beijingTime(at)}`],
    ['FAILED', 'card read: it left before it was read; the passenger is asked to present it again'],
    ['journal', 'nothing: no ride'],
  ]);
}

function describeLink(link: LinkLookup | undefined): string {
  if (link === undefined) return 'not looked up';
  if ('unavailable' in link) return `no data: ${link.unavailable}`;
  const links = `links as of ${beijingTime(link.linksAsOf)}`;
  return link.found
    ? `${link.status}, status as of ${beijingTime(link.statusAsOf)}, ${links}`
    : `none found, ${links}`;
}
