import { LIVE_CHANNEL, LiveNotice } from '@maildock/core'
import type { Client } from 'pg'

export interface AwaitedMessage {
  readonly accountId: string
  readonly messageIdHeader: string
}

/** Hears what the product announces, as its API processes do. */
export interface MessageListener {
  /**
   * Waits for the first notice about the account at which the message is committed in a mailbox.
   * @returns when that notice arrived, in the time of `performance.now()`
   */
  untilAnnounced(message: AwaitedMessage, deadlineMs: number): Promise<number>
}

const STORED = `select 1 from message join placement on placement.account_id = message.account_id and placement.message_id = message.id
  where message.account_id = $1 and message.message_id_header = $2`

/** Listens on a connection that nobody else closes meanwhile. */
export async function listenForMessages(client: Client): Promise<MessageListener> {
  const hearers = new Map<string, Set<(at: number) => void>>()
  client.on('notification', ({ payload }) => {
    const at = performance.now()
    const { kind, accountId } = LiveNotice.parse(JSON.parse(payload ?? ''))
    if (kind !== 'messages' || accountId === undefined) return
    for (const hear of hearers.get(accountId) ?? []) hear(at)
  })
  await client.query(`listen ${LIVE_CHANNEL}`)
  const isStored = async ({ accountId, messageIdHeader }: AwaitedMessage): Promise<boolean> => {
    const { rowCount } = await client.query(STORED, [accountId, messageIdHeader])
    return rowCount !== null && rowCount > 0
  }
  return {
    untilAnnounced: async (message, deadlineMs) => {
      const { promise, resolve, reject } = Promise.withResolvers<number>()
      const hear = (at: number): void => void isStored(message).then((stored) => (stored ? resolve(at) : undefined), reject)
      const ofAccount = hearers.get(message.accountId) ?? new Set()
      hearers.set(message.accountId, ofAccount.add(hear))
      const timer = setTimeout(() => reject(new Error(`A message was not announced within ${deadlineMs} ms.`)), deadlineMs)
      try {
        return await promise
      } finally {
        clearTimeout(timer)
        ofAccount.delete(hear)
      }
    },
  }
}
