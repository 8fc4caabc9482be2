import { randomUUID } from 'node:crypto'
import { silentLogger } from '@maildock/core'
import { acquireLease, openPool, releaseLease } from '@maildock/db'
import { createEgressPolicy, openImapSession, openParser, type ImapSession } from '@maildock/mail'
import { SourceMemory, syncOverSession, type Pass } from '@maildock/sync'
import type { Pool } from 'pg'
import type { ImapWireSettings } from '../rivals/imap-wire.ts'

export interface EnginePassesOptions {
  readonly connectionString: string
  readonly accountId: string
  readonly userId: string
}

/** The engine of the product, without worker, queue and watchers: passes over connections, each as a job would run it. */
export interface EnginePasses extends AsyncDisposable {
  readonly pool: Pool
  openSession(wire: ImapWireSettings): Promise<ImapSession>
  /** Opens another mailbox, as a pass leaves it that has visited everything: what STATUS says of an open one may be old (RFC 9051 section 6.3.11). */
  leaveInbox(session: ImapSession): Promise<void>
  /** One pass over everything. @returns its milliseconds, lease not included; @throws unless it is finished */
  run(session: ImapSession): Promise<number>
}

const LEASE_MS = 60_000

/** Nobody else may work at the account meanwhile. */
export function openEnginePasses({ connectionString, accountId, userId }: EnginePassesOptions): EnginePasses {
  const stack = new AsyncDisposableStack()
  const pool = openPool({ connectionString, applicationName: 'bench-engine', maxConnections: 4, logger: silentLogger })
  stack.defer(async () => pool.end())
  const parser = stack.use(openParser({ threads: 1 }))
  return {
    pool,
    openSession: async ({ host, port, ca, username, password }) => {
      const egress = createEgressPolicy({ allowHosts: [host], allowPorts: [port], extraCa: [ca] })
      return openImapSession({ server: { protocol: 'imap', host, port, tls: 'implicit' }, username, password }, { egress })
    },
    leaveInbox: async (session) => void (await session.examine('Trash')),
    run: async (session) => {
      const lease = await acquireLease(pool, { accountId, holder: `bench/${randomUUID()}`, ttlMs: LEASE_MS })
      if (lease === null) throw new Error('Somebody else works at the account.')
      const pass: Pass = {
        accountId,
        userId,
        revision: 1,
        lease,
        pool,
        parser,
        memory: new SourceMemory(),
        logger: silentLogger,
        signal: new AbortController().signal,
        isTimeUp: () => false,
        progress: { isDue: () => true, heldBack: false },
        recordsVisits: true,
      }
      const startedAt = performance.now()
      const outcome = await syncOverSession(pass, session, null)
      const milliseconds = performance.now() - startedAt
      await releaseLease(pool, lease)
      if (outcome !== 'finished') throw new Error(`A pass that should find nearly nothing ended with "${outcome}".`)
      return milliseconds
    },
    [Symbol.asyncDispose]: async () => stack.disposeAsync(),
  }
}
