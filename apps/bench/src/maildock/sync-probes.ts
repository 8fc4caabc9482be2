import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from 'pg'

/**
 * How far a first synchronisation is, as PostgreSQL has it committed. All SQL about it is here: who changes the tables changes this file.
 * `listed`: metadata and place. `stored`: the source, and all that is read out of it, attachments included. `searchable`: the words to search by.
 * `threaded`: the conversation it belongs to.
 */
export const SYNC_STEPS = ['listed', 'stored', 'searchable', 'threaded'] as const
export type SyncStep = (typeof SYNC_STEPS)[number]

/** Of an account's messages, how many have come so far. A step without a statement does not exist in this version of the product. */
export type SyncProbes = Readonly<Partial<Record<SyncStep, string>>>

const COLUMNS = `select table_name as "table", column_name as "column", data_type as type from information_schema.columns
  where table_schema = 'public' and table_name in ('message', 'message_body')`

/** The statements for the database as it is. `$1` is the account. */
export async function readSyncProbes(database: Client): Promise<SyncProbes> {
  const { rows } = await database.query<{ table: string; column: string; type: string }>(COLUMNS)
  const words = rows.find(({ table, type }) => table === 'message_body' && type === 'tsvector')
  const thread = rows.find(({ table, column }) => table === 'message' && column === 'thread_id')
  return {
    listed: 'select count(*)::int as done from placement where account_id = $1',
    stored: 'select count(*)::int as done from message_body where account_id = $1',
    ...(words === undefined
      ? {}
      : { searchable: `select count(*)::int as done from message_body where account_id = $1 and "${words.column}" is not null` }),
    ...(thread === undefined
      ? {}
      : { threaded: 'select count(*)::int as done from message where account_id = $1 and thread_id is not null' }),
  }
}

/** The least pause between two looks, and how many times its own time a look is followed by a pause: probing takes a few percent of a core at most. */
const PAUSE = { leastMs: 20, timesTheLook: 15 } as const

export interface CountOptions {
  readonly statement: string
  readonly accountId: string
  readonly messages: number
  readonly deadlineMs: number
}

/** Waits until all messages of an account have taken a step. @throws when the deadline passes */
export async function untilCounted(database: Client, { statement, accountId, messages, deadlineMs }: CountOptions): Promise<void> {
  const endsAt = performance.now() + deadlineMs
  for (;;) {
    const askedAt = performance.now()
    const { rows } = await database.query<{ done: number }>(statement, [accountId])
    const done = rows[0]?.done ?? 0
    if (done >= messages) return
    const now = performance.now()
    if (now > endsAt) throw new Error(`${done} of ${messages} after ${deadlineMs} ms: ${statement}`)
    await delay(Math.max(PAUSE.leastMs, PAUSE.timesTheLook * (now - askedAt)))
  }
}

/** Messages of all accounts whose source is stored. */
export async function countStored(database: Client): Promise<number> {
  const { rows } = await database.query<{ done: number }>('select count(*)::int as done from message_body')
  return rows[0]?.done ?? 0
}
