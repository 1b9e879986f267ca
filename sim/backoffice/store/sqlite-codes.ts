/** SMS codes, the codes sent lately, and the sessions that have entered theirs. Sessions and addresses are hashed. */
import { timingSafeEqual } from 'node:crypto';
import type Database from 'better-sqlite3';
import { z } from 'zod';
import { networksOf } from '../registration/addresses.ts';
import type { CodeRequest, Visitor } from '../registration/registration.ts';
import type { AuditLog } from './audit-log.ts';
import type { CodeDecision, CodeStore, RecentCodes } from './store.ts';
import { createTrafficCounts } from './traffic.ts';
import type { Vault } from './vault.ts';
import type { Writer } from './writer.ts';

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

const requestSchema = z.object({
  purpose: z.enum(['register', 'manage']),
  name: z.string(),
  phone: z.string(),
  byProxy: z.boolean(),
});

interface CodeRow {
  readonly sentAt: number;
  readonly wrongTries: number;
  readonly digest: Buffer;
  readonly request: Buffer;
  readonly kind: number;
  readonly sharedAt: number;
}

interface SentRow {
  readonly id: number;
  readonly at: number;
  readonly phone: Buffer;
  readonly session: Buffer;
  readonly address: Buffer;
  readonly network: Buffer;
  readonly area: Buffer;
  readonly kind: number;
  readonly shared: number;
  readonly entered: number;
}

/** Who asks for what, hashed. */
interface Asked {
  readonly phone: Buffer;
  readonly session: Buffer;
  readonly kind: number;
  readonly places: readonly [address: Buffer, network: Buffer, area: Buffer];
  readonly now: number;
}

/** A code for one purpose is not good for another: each message says what its code is for. */
function kindOf({ purpose, byProxy }: CodeRequest): number {
  if (purpose === 'manage') return 2;
  return byProxy ? 1 : 0;
}

function placesOf({ address }: Visitor, vault: Vault): Asked['places'] {
  const [own, network, area] = networksOf(address);
  return [vault.visitorHash(own), vault.visitorHash(network), vault.visitorHash(area)];
}

export function createCodeStore(
  db: Database.Database,
  vault: Vault,
  writer: Writer,
  audit: AuditLog,
): CodeStore {
  const sql = statements(db);
  const place = (session: Buffer) => `request ${session.toString('hex')}`;
  const seal = (session: Buffer, request: CodeRequest) => vault.seal(JSON.stringify(request), place(session));
  const open = (session: Buffer, sealed: Buffer): CodeRequest =>
    requestSchema.parse(JSON.parse(vault.open(sealed, place(session))));

  /** Sharing it again later, without a message, must not need the session that it was first sent for: that one may be the attacker's. */
  const shared = {
    place: (phone: Buffer, kind: number) => `code ${kind} ${phone.toString('hex')}`,
    keep(phone: Buffer, kind: number, now: number, code: string): void {
      sql.putShared.run(phone, kind, now, vault.seal(code, shared.place(phone, kind)));
    },
    open: (phone: Buffer, kind: number, value: Buffer) => vault.open(value, shared.place(phone, kind)),
  };
  const traffic = createTrafficCounts(db);

  function recentCodes({ phone, kind, session, places, now }: Asked): RecentCodes {
    const [address, network, area] = places;
    const toPhone = sql.toPhone.all(phone, now - dayMs).map(sent => ({
      at: sent.at,
      wasEntered: sent.entered === 1,
      wasShared: sent.shared === 1,
      forSamePurpose: sent.kind === kind,
      fromSession: session.equals(sent.session),
      samePlace: [
        address.equals(sent.address),
        network.equals(sent.network),
        area.equals(sent.area),
      ] as const,
    }));
    const within = (place: Buffer) => traffic.within(place, now);
    return {
      toPhone,
      traffic: [within(address), within(network), within(area)],
      sharedAt: sql.shared.get(phone, kind)?.at,
    };
  }

  /** Every code that the phone gets while one is young is the same, so that any of its messages will do. */
  function codeFor({ phone, kind, now }: Asked, { shares }: CodeDecision, fresh: string) {
    const known = shares ? sql.shared.get(phone, kind) : undefined;
    if (known !== undefined) return { code: shared.open(phone, kind, known.value), sharedAt: known.at };
    shared.keep(phone, kind, now, fresh);
    return { code: fresh, sharedAt: now };
  }

  return {
    add(visitor, { code: fresh, request, now, wrongTriesOfSharers }, decide) {
      const session = vault.visitorHash(visitor.session);
      const phone = vault.phoneHash(request.phone);
      const asked = { phone, session, kind: kindOf(request), places: placesOf(visitor, vault), now };
      const sealed = seal(session, request);
      return writer.write(() => {
        const decision = decide(recentCodes(asked));
        if ('sent' in decision) return decision;
        const { code, sharedAt } = codeFor(asked, decision, fresh);
        const digest = vault.codeDigest(visitor.session, request.phone, code);
        const wrongTries = decision.sends ? 0 : wrongTriesOfSharers;
        sql.putCode.run(session, phone, now, digest, wrongTries, sealed, asked.kind, sharedAt);
        sql.removeVerified.run(session);
        sql.putSent.run(now, phone, session, ...asked.places, asked.kind, decision.sends ? 0 : 1);
        if (!decision.sends) return { sends: false };
        traffic.sent(asked.places, now);
        return { sends: true, code };
      });
    },
    takeBack(visitor) {
      const session = vault.visitorHash(visitor.session);
      return writer.write(() => {
        sql.removeCode.run(session);
        const sent = sql.lastSent.get(session);
        if (sent === undefined) return;
        sql.removeSent.run(sent.id);
        sql.removeShared.run(sent.phone, sent.kind, sent.at);
        traffic.takenBack([sent.address, sent.network, sent.area], sent.at);
      });
    },
    verify(visitor, { session: next, now, until }, judge) {
      const session = vault.visitorHash(visitor.session);
      const to = vault.visitorHash(next);
      return writer.write(() => {
        const row = sql.code.get(session);
        const request = row === undefined ? undefined : open(session, row.request);
        const verification = judge(
          row &&
            request && {
              ...row,
              matches: code =>
                timingSafeEqual(row.digest, vault.codeDigest(visitor.session, request.phone, code)),
            },
        );
        if (row === undefined || request === undefined) return verification;
        if (!verification.verified && verification.why === 'wrong' && verification.triesLeft > 0) {
          sql.countWrong.run(session);
          return verification;
        }
        sql.removeCode.run(session);
        if (verification.verified) {
          const phone = vault.phoneHash(request.phone);
          const sent = sql.lastSentTo.get(phone, session);
          if (sent !== undefined) {
            sql.markEntered.run(sent.id);
            if (sent.shared === 0) traffic.entered([sent.address, sent.network, sent.area], sent.at);
          }
          sql.removeSharers.run(phone, row.kind, row.sharedAt);
          sql.removeShared.run(phone, row.kind, row.sharedAt);
          sql.putVerified.run(to, phone, until, seal(to, request));
          sql.moveSent.run(to, phone, session);
          audit.add(now, 'verified', vault.pseudonym(request), request.purpose);
        }
        return verification;
      });
    },
    async verified(visitor, now) {
      const session = vault.visitorHash(visitor.session);
      const sealed = sql.verified.get(session, now);
      return sealed === undefined ? undefined : open(session, sealed);
    },
    forget(visitor) {
      const session = vault.visitorHash(visitor.session);
      return writer.write(() => void sql.removeVerified.run(session));
    },
  };
}

function statements(db: Database.Database) {
  return {
    toPhone: db.prepare<[Buffer, number], SentRow>(
      'SELECT * FROM sent WHERE phone = ? AND at > ? ORDER BY at DESC, id DESC',
    ),
    shared: db.prepare<[Buffer, number], { at: number; value: Buffer }>(
      'SELECT at, value FROM shared_code WHERE phone = ? AND kind = ?',
    ),
    putShared: db.prepare('INSERT OR REPLACE INTO shared_code VALUES (?, ?, ?, ?)'),
    removeShared: db.prepare('DELETE FROM shared_code WHERE phone = ? AND kind = ? AND at = ?'),
    removeSharers: db.prepare('DELETE FROM code WHERE phone = ? AND kind = ? AND shared_at = ?'),
    putCode: db.prepare('INSERT OR REPLACE INTO code VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
    putSent: db.prepare(
      `INSERT INTO sent (at, phone, session, address, network, area, kind, shared) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    removeCode: db.prepare('DELETE FROM code WHERE session = ?'),
    removeSent: db.prepare('DELETE FROM sent WHERE id = ?'),
    lastSent: db.prepare<[Buffer], SentRow>('SELECT * FROM sent WHERE session = ? ORDER BY id DESC LIMIT 1'),
    lastSentTo: db.prepare<[Buffer, Buffer], SentRow>(
      'SELECT * FROM sent WHERE phone = ? AND session = ? ORDER BY at DESC, id DESC LIMIT 1',
    ),
    markEntered: db.prepare('UPDATE sent SET entered = 1 WHERE id = ?'),
    code: db.prepare<[Buffer], CodeRow>(
      `SELECT sent_at AS sentAt, wrong_tries AS wrongTries, digest, request, kind, shared_at AS sharedAt
       FROM code WHERE session = ?`,
    ),
    countWrong: db.prepare('UPDATE code SET wrong_tries = wrong_tries + 1 WHERE session = ?'),
    putVerified: db.prepare('INSERT OR REPLACE INTO verified VALUES (?, ?, ?, ?)'),
    verified: db
      .prepare<[Buffer, number], Buffer>('SELECT request FROM verified WHERE session = ? AND until > ?')
      .pluck(),
    moveSent: db.prepare('UPDATE sent SET session = ? WHERE phone = ? AND session = ?'),
    removeVerified: db.prepare('DELETE FROM verified WHERE session = ?'),
  };
}
