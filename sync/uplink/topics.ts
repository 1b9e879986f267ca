/**
 * The topics between validators and back office: `fv1/up/SHARD/DEVICE/KIND`, `fv1/down/SHARD/DEVICE/KIND` and `fv1/all/feed`.
 *
 * Brokers differ in what a level may hold: ours are of a–z, 0–9, `_` and `-` only. In a device's name any other character, and
 * `_` itself, becomes `_` and two hex digits, so that no two names share a topic. The shard, by the device's name, lets several
 * intakes share the work and keeps a device's messages in order.
 */
import { createHash } from 'node:crypto';

export const upKinds = ['hello', 'rows', 'status', 'presence', 'answer'] as const;
export const downKinds = ['welcome', 'ack', 'command'] as const;

export type UpKind = (typeof upKinds)[number];
export type DownKind = (typeof downKinds)[number];

/** As brokers know the back office. */
export const officeName = 'office';
/** What every validator hears. */
export const feedTopic = 'fv1/all/feed';
/** On which the back office finds out whether the nodes of a cluster hear each other. */
export const probeTopic = 'fv1/all/probe';
/** A hex digit each. */
export const shards = '0123456789abcdef';

/** What validators say. @param of which shards, hex digits, each once */
export function upTopics(of: string): readonly string[] {
  return of.length === shards.length ? ['fv1/up/+/+/+'] : [...of].map(shard => `fv1/up/${shard}/+/+`);
}

/** @param device ASCII, of letters, digits, `.`, `_`, `-` */
export function levelOf(device: string): string {
  return device.replace(/[^a-z0-9-]/g, other => `_${other.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** @returns the device that has this level, if any has */
export function deviceOfLevel(level: string): string {
  return level.replace(/_([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number(`0x${hex}`)));
}

export function upTopic(device: string, kind: UpKind): string {
  return `fv1/up/${shardOf(device)}/${levelOf(device)}/${kind}`;
}

export function downTopic(device: string, kind: DownKind): string {
  return `fv1/down/${shardOf(device)}/${levelOf(device)}/${kind}`;
}

/** @returns undefined for what is no topic of a validator's own */
export function readUpTopic(topic: string): { readonly device: string; readonly kind: UpKind } | undefined {
  const [, level = '', given] = /^fv1\/up\/[0-9a-f]\/([a-z0-9_-]{1,192})\/([a-z]{1,16})$/.exec(topic) ?? [];
  const device = deviceOfLevel(level);
  const kind = upKinds.find(each => each === given);
  if (kind === undefined || !/^[\w.-]{1,64}$/.test(device) || upTopic(device, kind) !== topic)
    return undefined;
  return { device, kind };
}

/** One of 16, a hex digit. */
function shardOf(device: string): string {
  return ((createHash('sha256').update(device).digest()[0] ?? 0) & 15).toString(16);
}
