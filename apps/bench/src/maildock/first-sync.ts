import type { Client } from 'pg'
import { poll } from '../processes/poll.ts'
import { createApiUser, type ApiUser } from './api-user.ts'
import { readSyncProbes, SYNC_STEPS, untilCounted, type SyncStep } from './sync-probes.ts'

/** How a first synchronisation went, in seconds from the moment the account was sent to the API. */
export interface FirstSync {
  readonly connectedAfter: number
  /** The newest 50 messages of INBOX (all, where it has fewer) listed by the API, and the first of them read, its text included. */
  readonly screenAfter: number
  /** All messages have taken the step, as PostgreSQL has it. Absent: there is no such step. */
  readonly stepsAfter: Readonly<Partial<Record<SyncStep, number>>>
  /** The API says so. */
  readonly syncedAfter: number
  /** Messages the API counts in INBOX at the end. */
  readonly messages: number
}

interface MailboxAnswer {
  readonly mailboxes: readonly { readonly id: string; readonly special_use: string | null; readonly messages_total: number }[]
}
interface PageAnswer {
  readonly messages: readonly { readonly id: string }[]
}
interface MessageAnswer {
  readonly message: { readonly body_state: string }
}
interface AccountAnswer {
  readonly account: { readonly id: string; readonly sync_status: string; readonly sync_error: unknown }
}

const SCREEN = 50
const DEADLINE_MS = { least: 60_000, perMessage: 100 } as const
const SCREEN_POLL_MS = 15
/** Asking often would take time from what is measured. */
const SYNCED_POLL_MS = 50

export interface FirstSyncOptions {
  readonly url: string
  readonly body: Readonly<Record<string, unknown>>
  /** About so many messages are in the mailbox: how long to have patience. */
  readonly messages: number
  /** Where to look for the steps; without it they are not measured. */
  readonly database?: Client
}

/** Connects a mailbox for a user nobody has seen, and watches until it is synced. @throws when the sync fails */
export async function measureFirstSync({ url, body, messages, database }: FirstSyncOptions): Promise<FirstSync> {
  const user = createApiUser(url)
  const deadlineMs = DEADLINE_MS.least + DEADLINE_MS.perMessage * messages
  const probes = database === undefined ? {} : await readSyncProbes(database)
  const startedAt = performance.now()
  const elapsed = (): number => (performance.now() - startedAt) / 1000
  const { account } = await user.call<AccountAnswer>('POST', '/api/accounts', body)
  const connectedAfter = elapsed()
  const path = `/api/accounts/${account.id}`
  const waitForScreen = async (): Promise<number> => {
    await poll(async () => isScreenReadable(user, path), Boolean, { everyMs: SCREEN_POLL_MS, deadlineMs, what: 'the first screen' })
    return elapsed()
  }
  // One after the other: a message that is stored is listed, so only the step that is not complete is asked for.
  const waitForSteps = async (): Promise<FirstSync['stepsAfter']> => {
    const reached: Partial<Record<SyncStep, number>> = {}
    for (const step of SYNC_STEPS) {
      const statement = probes[step]
      if (database === undefined || statement === undefined) continue
      await untilCounted(database, { statement, accountId: account.id, messages, deadlineMs })
      reached[step] = elapsed()
    }
    return reached
  }
  const [screenAfter, stepsAfter] = await Promise.all([waitForScreen(), waitForSteps()])
  await poll(async () => isSynced(user, path), Boolean, { everyMs: SYNCED_POLL_MS, deadlineMs, what: 'synced' })
  const syncedAfter = elapsed()
  const inbox = await findInbox(user, path)
  return { connectedAfter, screenAfter, stepsAfter, syncedAfter, messages: inbox?.messages_total ?? 0 }
}

/** A full first page of INBOX, or all there is once the account is synced; and its first message can be read. */
async function isScreenReadable(user: ApiUser, path: string): Promise<boolean> {
  const inbox = await findInbox(user, path)
  if (inbox === undefined || inbox.messages_total === 0) return false
  const { messages } = await user.call<PageAnswer>('GET', `${path}/messages?limit=${SCREEN}&mailbox_id=${inbox.id}`)
  const [first] = messages
  if (first === undefined || (messages.length < SCREEN && !(await isSynced(user, path)))) return false
  const { message } = await user.call<MessageAnswer>('GET', `${path}/messages/${first.id}`)
  return message.body_state === 'stored'
}

async function isSynced(user: ApiUser, path: string): Promise<boolean> {
  const { account } = await user.call<AccountAnswer>('GET', path)
  if (account.sync_error !== null) throw new Error(`The synchronisation fails: ${JSON.stringify(account.sync_error)}`)
  return account.sync_status === 'synced'
}

async function findInbox(user: ApiUser, path: string): Promise<MailboxAnswer['mailboxes'][number] | undefined> {
  const { mailboxes } = await user.call<MailboxAnswer>('GET', `${path}/mailboxes`)
  return mailboxes.find(({ special_use }) => special_use === '\\Inbox')
}
