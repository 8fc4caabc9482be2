import { MaildockError, type LiveEvent, type Uuid } from '@maildock/core'
import type { ApiContext } from '../api-context.ts'
import type { ApiRuntime } from '../api-runtime.ts'
import type { Session } from '../session-gate.ts'
import { createChangeQueue, type LiveChanges } from './change-queue.ts'
import { createDoorbell } from './doorbell.ts'
import { listAccounts } from './list-accounts.ts'
import { readProgress } from './read-progress.ts'

/** Changes within this time are told together. */
const COALESCE_MS = 100
/** A lost notice about the session is made good by this. */
const SESSION_CHECK_MS = 60_000
const MIN_SESSION_CHECK_MS = 1_000

export type WatchRequest = Pick<ApiContext, 'authenticateAgain' | 'signal'> & { readonly session: Session }

/**
 * The accounts of a user as they change: a snapshot first, then events. What changed is read anew for each event, so an event
 * tells the present state, and many changes in a row become one. Works with any number of processes. Ends when the caller goes.
 * @throws MaildockError session.expired when the session ends meanwhile, rate.limited with too many streams open
 */
export async function* watchAccounts(
  runtime: ApiRuntime,
  { session, signal, authenticateAgain }: WatchRequest,
): AsyncGenerator<LiveEvent, void> {
  const { userId } = session
  using held = new DisposableStack()
  held.use(runtime.watchSlots.take(userId))
  const bell = createDoorbell()
  const queue = createChangeQueue(bell.ring)
  held.defer(runtime.live.subscribe(userId, queue.add))
  signal.addEventListener('abort', bell.ring, { once: true })
  held.defer(() => signal.removeEventListener('abort', bell.ring))
  // Subscribed before it is read: nothing falls between the snapshot and the first change.
  yield await readSnapshot(runtime, userId)
  let checkAt = nextSessionCheck(session)
  while (!signal.aborted) {
    if (!queue.pending) await bell.wait(checkAt - Date.now())
    if (queue.pending) await pause(COALESCE_MS)
    if (signal.aborted) return
    const changes = queue.take()
    if (changes.session || changes.resync || Date.now() >= checkAt) {
      checkAt = nextSessionCheck(await requireSession(authenticateAgain, userId))
    }
    if (changes.resync) yield await readSnapshot(runtime, userId)
    else yield* readEvents(runtime, userId, changes)
  }
}

async function readSnapshot(runtime: ApiRuntime, userId: Uuid): Promise<LiveEvent> {
  const [accounts, progress] = await Promise.all([listAccounts(runtime, userId), readProgress(runtime, userId)])
  return { type: 'snapshot', accounts, progress }
}

async function* readEvents(runtime: ApiRuntime, userId: Uuid, changes: LiveChanges): AsyncGenerator<LiveEvent, void> {
  if (changes.accounts.size > 0) {
    const accounts = new Map((await listAccounts(runtime, userId)).map((account) => [account.id, account]))
    for (const accountId of changes.accounts) {
      const account = accounts.get(accountId)
      yield account === undefined ? { type: 'removed', accountId } : { type: 'account', account }
    }
  }
  if (changes.progress.size > 0) {
    for (const progress of await readProgress(runtime, userId, [...changes.progress])) {
      yield { type: 'progress', progress }
    }
  }
  for (const accountId of changes.messages) {
    yield { type: 'messages', accountId }
  }
}

async function requireSession(authenticateAgain: ApiContext['authenticateAgain'], userId: Uuid): Promise<Session> {
  const session = await authenticateAgain()
  if (session?.userId !== userId) {
    throw new MaildockError('session.expired')
  }
  return session
}

/** A session may be good for some seconds more than it says: then it is asked for again each second, not all the time. */
function nextSessionCheck({ expiresAt }: Session): number {
  const inMs = Math.min(SESSION_CHECK_MS, expiresAt.getTime() - Date.now())
  return Date.now() + Math.max(inMs, MIN_SESSION_CHECK_MS)
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
