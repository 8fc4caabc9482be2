import type { Uuid } from '@maildock/core'
import { inTransaction, newId, publishLiveNotice, type SqlExecutor } from '@maildock/db'
import type { Pool } from 'pg'
import { readTogether } from './read-together.ts'
import { ABSOLUTE_LIFETIME_MS, IDLE_LIFETIME_MS, TOUCH_INTERVAL_MS } from './session-lifetime.ts'

/** A session as the gate needs it. */
export interface SessionState {
  readonly expiresAt: Date
  readonly lastSeenAt: Date
}

interface FoundSession extends SessionState {
  readonly id: Uuid
  readonly userId: Uuid
}

export interface SessionRow {
  readonly id: Uuid
  readonly userId: Uuid
  readonly createdAt: Date
  readonly expiresAt: Date
}

export interface ListedSession {
  readonly id: Uuid
  readonly createdAt: Date
  readonly lastSeenAt: Date
  readonly userAgent: string | null
}

export interface SessionStore {
  /**
   * The session if it is still good. Always read from its row, together with the others that are asked for in the same turn: one
   * statement, prepared once per connection, on the primary key.
   */
  find(session: { readonly id: Uuid; readonly userId: Uuid }, now: Date): Promise<SessionState | null>
  /** Moves "last seen" and the end of a session. Idempotent; a session that is gone stays gone. */
  touch(id: Uuid, now: Date): Promise<Date | null>
  /** Newest first. */
  list(userId: Uuid, now: Date): Promise<readonly ListedSession[]>
  /** Tells whether there was such a session of this user. */
  end(session: { readonly id: Uuid; readonly userId: Uuid }): Promise<boolean>
  /** How many other sessions of the user were ended. */
  endOthers(session: { readonly id: Uuid; readonly userId: Uuid }): Promise<number>
  /**
   * Completes a sign-in: the session counts only if the password that was verified is still the stored one. Waits for a change of the
   * password that is under way, and makes a later one wait, so that a session can never outlive the change that should end it.
   */
  confirm(signIn: { readonly token: string; readonly passwordHash: string; readonly userAgent: string | null }): Promise<SessionRow | null>
  findPasswordHash(userId: Uuid): Promise<string | null>
  /** Replaces the password, ends all sessions of the user and begins a new one, in one transaction. Null if the old hash is not in force any more. */
  replacePassword(change: {
    readonly userId: Uuid
    readonly oldHash: string
    readonly newHash: string
    readonly token: string
    readonly userAgent: string | null
    readonly now: Date
  }): Promise<SessionRow | null>
  /** Removes what has expired: sessions and counted attempts, 500 of each at most. */
  sweep(now: Date): Promise<void>
}

const FIND_ALL =
  'SELECT id, user_id AS "userId", expires_at AS "expiresAt", updated_at AS "lastSeenAt" FROM auth.session WHERE id = ANY ($1::uuid[])'

const TOUCH = `UPDATE auth.session
SET updated_at = $2, expires_at = LEAST($3::timestamptz, created_at + $5 * interval '1 millisecond')
WHERE id = $1 AND updated_at <= $4
RETURNING expires_at AS "expiresAt"`

const LIST = `SELECT id, created_at AS "createdAt", updated_at AS "lastSeenAt", NULLIF(user_agent, '') AS "userAgent"
FROM auth.session WHERE user_id = $1 AND expires_at > $2 ORDER BY created_at DESC, id DESC LIMIT 500`

const SESSION_ROW = `id, user_id AS "userId", created_at AS "createdAt", expires_at AS "expiresAt"`

const CONFIRM = `WITH credential AS (
  SELECT a.user_id FROM auth.account a JOIN auth.session s ON s.user_id = a.user_id
  WHERE s.token = $1 AND a.provider_id = 'credential' AND a.password = $2 FOR SHARE OF a
)
UPDATE auth.session SET user_agent = $3 FROM credential
WHERE session.token = $1 AND session.user_id = credential.user_id
RETURNING ${SESSION_ROW.replace('user_id', 'session.user_id')}`

const REPLACE_PASSWORD = `UPDATE auth.account SET password = $3, updated_at = $4
WHERE user_id = $1 AND provider_id = 'credential' AND password = $2`

const BEGIN_SESSION = `INSERT INTO auth.session (id, user_id, token, expires_at, created_at, updated_at, user_agent)
VALUES ($1, $2, $3, $4, $5, $5, $6) RETURNING ${SESSION_ROW}`

// Locked rows are left to whoever locked them: two processes that sweep at once must not wait for each other.
const SWEEP_SESSIONS = `DELETE FROM auth.session
WHERE id IN (SELECT id FROM auth.session WHERE expires_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED)`
const SWEEP_ATTEMPTS = `DELETE FROM auth.attempt
WHERE key IN (SELECT key FROM auth.attempt WHERE expire <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED)`
const SWEEP_LIMIT = 500

/** The rows that decide whether a token is good, in `auth` of any process's database. */
export function createSessionStore(pool: Pool): SessionStore {
  const findRow = readTogether(async (ids) => {
    const { rows } = await pool.query<FoundSession>({ name: 'auth-session-find', text: FIND_ALL, values: [ids] })
    return new Map(rows.map((row) => [row.id, row]))
  })
  return {
    find: async ({ id, userId }, now) => {
      const row = await findRow(id)
      return row !== null && row.userId === userId && row.expiresAt > now ? row : null
    },
    touch: async (id, now) => {
      const until = new Date(now.getTime() + IDLE_LIFETIME_MS)
      const notSeenSince = new Date(now.getTime() - TOUCH_INTERVAL_MS)
      const { rows } = await pool.query<{ expiresAt: Date }>(TOUCH, [id, now, until, notSeenSince, ABSOLUTE_LIFETIME_MS])
      return rows[0]?.expiresAt ?? null
    },
    list: async (userId, now) => (await pool.query<ListedSession>(LIST, [userId, now])).rows,
    end: async ({ id, userId }) => {
      const { rowCount } = await pool.query('DELETE FROM auth.session WHERE id = $1 AND user_id = $2', [id, userId])
      if (rowCount === 1) await announceEnd(pool, userId)
      return rowCount === 1
    },
    endOthers: async ({ id, userId }) => {
      const { rowCount } = await pool.query('DELETE FROM auth.session WHERE user_id = $2 AND id <> $1', [id, userId])
      if (rowCount !== 0) await announceEnd(pool, userId)
      return rowCount ?? 0
    },
    confirm: async ({ token, passwordHash, userAgent }) => {
      const { rows } = await pool.query<SessionRow>(CONFIRM, [token, passwordHash, userAgent])
      if (rows[0] === undefined) await pool.query('DELETE FROM auth.session WHERE token = $1', [token])
      return rows[0] ?? null
    },
    findPasswordHash: async (userId) => {
      const { rows } = await pool.query<{ password: string | null }>(
        "SELECT password FROM auth.account WHERE user_id = $1 AND provider_id = 'credential'",
        [userId],
      )
      return rows[0]?.password ?? null
    },
    replacePassword: async ({ userId, oldHash, newHash, token, userAgent, now }) =>
      await inTransaction(pool, async (client) => {
        // The order matters: with the account's row locked no sign-in by the old password can be confirmed any more.
        const { rowCount } = await client.query(REPLACE_PASSWORD, [userId, oldHash, newHash, now])
        if (rowCount !== 1) return null
        await client.query('DELETE FROM auth.session WHERE user_id = $1', [userId])
        await announceEnd(client, userId)
        const expiresAt = new Date(now.getTime() + IDLE_LIFETIME_MS)
        const { rows } = await client.query<SessionRow>(BEGIN_SESSION, [newId(), userId, token, expiresAt, now, userAgent])
        return rows[0] ?? null
      }),
    sweep: async (now) => {
      await pool.query(SWEEP_SESSIONS, [now, SWEEP_LIMIT])
      await pool.query(SWEEP_ATTEMPTS, [now.getTime(), SWEEP_LIMIT])
    },
  }
}

/** Streams that run under a session that has just ended look at it now, on every process, instead of at their next look. */
async function announceEnd(executor: SqlExecutor, userId: Uuid): Promise<void> {
  await publishLiveNotice(executor, { kind: 'session', userId })
}
