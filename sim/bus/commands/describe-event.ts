/** Events of the bus as text for people. */
import { beijingTime } from '../../../device/core/beijing-time.ts';
import type { Passenger } from '../passengers.ts';
import type { PurseNow } from '../purses.ts';
import type { ScreenShot } from '../screens.ts';
import type { BusEvent } from './command.ts';

export function describeEvent(event: BusEvent): string {
  switch (event.event) {
    case 'passengers':
      return (event.passengers as readonly Passenger[]).map(describePassenger).join('\n');
    case 'help':
      return describeHelp(event);
    case 'screens':
      return (event.screens as readonly (ScreenShot & { validator: string; audience: string })[])
        .map(shot => `${shot.validator} ${shot.audience}\n${describeScreen(shot)}`)
        .join('\n');
    case 'console':
    case 'explained':
      return String(event.text);
    case 'purse':
      return describePurse(event as BusEvent & PurseNow);
    case 'confirm':
      return describeConfirm(event);
    case 'error':
      return `error: ${event.message}`;
    default:
      // A tap that no command made has no screens with it.
      return isTap(event) && event.passengerScreen !== undefined
        ? `${describeVerdict(event)}\n${describeScreen(event.passengerScreen as ScreenShot)}`
        : describeOther(event);
  }
}

function describePassenger({ id, medium, health, ...details }: Passenger): string {
  const extra = Object.entries(details)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
  return `${id.padEnd(18)}${medium.padEnd(12)}${health.padEnd(10)}${extra}`;
}

export function isTap({ event }: BusEvent): boolean {
  return event === 'tap' || event === 'card-lost' || event === 'no-answer';
}

/** The validator's verdict on a medium, in one line. */
export function describeVerdict(event: BusEvent): string {
  const reason = event.reason ?? event.status;
  const verdict = `${event.verdict ?? event.event}${reason === undefined ? '' : ` (${String(reason)})`}`;
  return `${event.validator}: ${event.passenger}: ${verdict}`;
}

/** What a passenger reads of their card at home. */
function describePurse({ passenger, balanceFen, ride, log }: BusEvent & PurseNow): string {
  const open =
    ride === null
      ? 'no ride is open'
      : `on line ${ride.line} since ${timeOf(ride.at)}, stop ${ride.stop || 'not known'}, bus ${ride.bus}: ${yuanOf(ride.mostFen)} at most`;
  const past = log.map(({ at, type, amountFen }) => `${timeOf(at)}  ${type.padEnd(8)}  ${yuanOf(amountFen)}`);
  return [
    `purse: ${passenger}: balance ${yuanOf(balanceFen)}`,
    ...[open, ...past].map(line => `  ${line}`),
  ].join('\n');
}

function timeOf(iso: string | null): string {
  return iso === null ? 'a time that is none' : beijingTime(Date.parse(iso));
}

function yuanOf(fen: number): string {
  return `${(fen / 100).toFixed(2)} yuan`;
}

function describeConfirm({ validator, by, outcome, crewScreen }: BusEvent): string {
  const said = `${validator}: the crew confirms by ${by}: ${outcome}`;
  return crewScreen === undefined ? said : `${said}\n${describeScreen(crewScreen as ScreenShot)}`;
}

function describeScreen({ light, sign, lines }: ScreenShot): string {
  return [`  light ${light}${sign === undefined ? '' : ` ${sign}`}`, ...lines.map(line => `  ${line}`)].join(
    '\n',
  );
}

function describeHelp(event: BusEvent): string {
  const commands = event.commands as readonly { command: string; help: string }[];
  return [
    ...commands.map(({ command, help }) => `${command}\n    ${help}`),
    `FAULT is one of ${(event.faults as readonly string[]).join(', ')}`,
  ].join('\n');
}

/** `name: field value, field value` */
function describeOther({ event, level: _level, time: _time, ...fields }: BusEvent): string {
  return `${event}: ${describeFields(fields)}`;
}

/** `field value, field value` */
export function describeFields(fields: Readonly<Record<string, unknown>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}
