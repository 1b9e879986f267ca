/** SMS codes, what was sent lately, and the sessions that have entered theirs. Sessions and addresses are hashed. */
import { timingSafeEqual } from 'node:crypto';
import type Database from 'better-sqlite3';
import { z } from 'zod';
import type { CodeRequest } from '../registration/registration.ts';
import type { AuditLog } from './audit-log.ts';
import type { CodeStore, RecentCodes } from './store.ts';
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

  function recent(phone: Buffer, session: Buffer, address: Buffer, now: number): RecentCodes {
    const toPhone = sql.toPhone.all(phone, now - dayMs).map(sent => ({
      at: sent.at,
      wasEntered: sent.entered === 1,
      fromSession: session.equals(sent.session),
      fromAddress: address.equals(sent.address),
    }));
    return { toPhone, fromAddress: sql.fromAddress.all(address, now - hourMs) };
  }

  return {
    add(visitor, { code, request, now }, refuse) {
      const session = vault.visitorHash(visitor.session);
      const address = vault.visitorHash(visitor.address);
      const phone = vault.phoneHash(request.phone);
      const sealed = seal(session, request);
      const digest = vault.codeDigest(visitor.session, request.phone, code);
      return writer.write(() => {
        const refusal = refuse(recent(phone, session, address, now));
        if (refusal !== undefined) return refusal;
        sql.putCode.run(session, phone, now, digest, sealed);
        sql.removeVerified.run(session);
        sql.putSent.run(now, phone, session, address);
        return undefined;
      });
    },
    takeBack(visitor) {
      const session = vault.visitorHash(visitor.session);
      return writer.write(() => {
        sql.removeCode.run(session);
        sql.removeLastSent.run(session);
      });
    },
    verify(visitor, { now, until }, judge) {
      const session = vault.visitorHash(visitor.session);
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
          sql.markEntered.run(phone, session);
          sql.putVerified.run(session, phone, until, row.request);
          audit.add(now, 'verified', vault.pseudonym(request), request.purpose);
        }
        return verification;
      });
    },
    renew(visitor, session) {
      const [from, to] = [vault.visitorHash(visitor.session), vault.visitorHash(session)];
      return writer.write(() => {
        const row = sql.verifiedRow.get(from);
        if (row === undefined) return;
        sql.putVerified.run(to, row.phone, row.until, seal(to, open(from, row.request)));
        sql.removeVerified.run(from);
        sql.moveSent.run(to, row.phone, from);
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
    toPhone: db.prepare<[Buffer, number], { at: number; entered: number; session: Buffer; address: Buffer }>(
      'SELECT at, entered, session, address FROM sent WHERE phone = ? AND at > ? ORDER BY at DESC, id DESC',
    ),
    fromAddress: db
      .prepare<[Buffer, number], number>(
        'SELECT at FROM sent WHERE address = ? AND at > ? AND entered = 0 ORDER BY at DESC, id DESC',
      )
      .pluck(),
    putCode: db.prepare('INSERT OR REPLACE INTO code VALUES (?, ?, ?, ?, 0, ?)'),
    putSent: db.prepare('INSERT INTO sent (at, phone, session, address) VALUES (?, ?, ?, ?)'),
    removeCode: db.prepare('DELETE FROM code WHERE session = ?'),
    removeLastSent: db.prepare(
      'DELETE FROM sent WHERE id = (SELECT id FROM sent WHERE session = ? ORDER BY id DESC LIMIT 1)',
    ),
    markEntered: db.prepare(
      `UPDATE sent SET entered = 1
       WHERE id = (SELECT id FROM sent WHERE phone = ? AND session = ? ORDER BY at DESC, id DESC LIMIT 1)`,
    ),
    code: db.prepare<[Buffer], CodeRow>(
      'SELECT sent_at AS sentAt, wrong_tries AS wrongTries, digest, request FROM code WHERE session = ?',
    ),
    countWrong: db.prepare('UPDATE code SET wrong_tries = wrong_tries + 1 WHERE session = ?'),
    putVerified: db.prepare('INSERT OR REPLACE INTO verified VALUES (?, ?, ?, ?)'),
    verified: db
      .prepare<[Buffer, number], Buffer>('SELECT request FROM verified WHERE session = ? AND until > ?')
      .pluck(),
    verifiedRow: db.prepare<[Buffer], { phone: Buffer; until: number; request: Buffer }>(
      'SELECT phone, until, request FROM verified WHERE session = ?',
    ),
    moveSent: db.prepare('UPDATE sent SET session = ? WHERE phone = ? AND session = ?'),
    removeVerified: db.prepare('DELETE FROM verified WHERE session = ?'),
  };
}
