import { poll } from '../processes/poll.ts'
import { createApiUser, type ApiUser } from './api-user.ts'

/** How a first synchronisation went, in seconds from the moment the account was sent to the API. */
export interface FirstSync {
  readonly connectedAfter: number
  /** The newest 50 messages of INBOX (all, where it has fewer) listed, and the first of them read. */
  readonly screenAfter: number
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
}

/** Connects a mailbox for a user nobody has seen, and watches through the API until it is synced. @throws when the sync fails */
export async function measureFirstSync({ url, body, messages }: FirstSyncOptions): Promise<FirstSync> {
  const user = createApiUser(url)
  const deadlineMs = DEADLINE_MS.least + DEADLINE_MS.perMessage * messages
  const startedAt = performance.now()
  const elapsed = (): number => (performance.now() - startedAt) / 1000
  const { account } = await user.call<AccountAnswer>('POST', '/api/accounts', body)
  const connectedAfter = elapsed()
  const path = `/api/accounts/${account.id}`
  await poll(async () => isScreenReadable(user, path), Boolean, { everyMs: SCREEN_POLL_MS, deadlineMs, what: 'the first screen' })
  const screenAfter = elapsed()
  await poll(async () => isSynced(user, path), Boolean, { everyMs: SYNCED_POLL_MS, deadlineMs, what: 'synced' })
  const syncedAfter = elapsed()
  const inbox = await findInbox(user, path)
  return { connectedAfter, screenAfter, syncedAfter, messages: inbox?.messages_total ?? 0 }
}

/** A full first page of INBOX, or all there is once the account is synced; and its first message can be read. */
async function isScreenReadable(user: ApiUser, path: string): Promise<boolean> {
  const inbox = await findInbox(user, path)
  if (inbox === undefined || inbox.messages_total === 0) return false
  const { messages } = await user.call<PageAnswer>('GET', `${path}/messages?limit=${SCREEN}&mailbox_id=${inbox.id}`)
  const [first] = messages
  if (first === undefined || (messages.length < SCREEN && !(await isSynced(user, path)))) return false
  await user.call('GET', `${path}/messages/${first.id}`)
  return true
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
