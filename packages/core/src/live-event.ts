import { z } from 'zod'
import { Account } from './account.ts'
import { Uuid } from './ids.ts'
import { SyncProgress } from './mailbox.ts'

/** PostgreSQL channel that tells every `serve` process what changed. */
export const LIVE_CHANNEL = 'maildock_live'

/** Payload on LIVE_CHANNEL: ids only; who listens reads the present state. Far below the 8 000 octets of NOTIFY. */
export const LiveNotice = z.object({
  kind: z.enum(['account', 'progress', 'messages', 'session']),
  userId: Uuid,
  accountId: Uuid.optional(),
})
export type LiveNotice = z.infer<typeof LiveNotice>

/**
 * What a subscriber of `accounts.watch` receives. First always a snapshot, also after each reconnect; then changes.
 * An account event carries the whole account: applying one twice or missing one in between does no harm.
 */
export const LiveEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), accounts: z.array(Account), progress: z.array(SyncProgress) }),
  z.object({ type: z.literal('account'), account: Account }),
  z.object({ type: z.literal('removed'), accountId: Uuid }),
  z.object({ type: z.literal('progress'), progress: SyncProgress }),
  z.object({ type: z.literal('messages'), accountId: Uuid }),
])
export type LiveEvent = z.infer<typeof LiveEvent>
