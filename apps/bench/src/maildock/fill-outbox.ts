import { silentLogger } from '@maildock/core'
import { newId, openPool } from '@maildock/db'
import { composeMessage, createMessageId } from '@maildock/mail'
import { insertSubmission } from '@maildock/outbox'
import { runConcurrently } from '../processes/run-concurrently.ts'
import type { ConnectedAccount } from './account-stage.ts'

export interface OutboxFill {
  readonly accounts: readonly ConnectedAccount[]
  /** Of each account. */
  readonly messages: number
  readonly text: string
}

const INSERTS_AT_ONCE = 8

/** Accepts messages as a request does, for an hour from now: whoever measures makes them due. */
export async function fillOutbox(connectionString: string, { accounts, messages, text }: OutboxFill): Promise<void> {
  const pool = openPool({ connectionString, applicationName: 'bench-fill', maxConnections: INSERTS_AT_ONCE, logger: silentLogger })
  try {
    const wanted = accounts.flatMap((account) => Array.from({ length: messages }, (_, index) => ({ account, index })))
    await runConcurrently(wanted, INSERTS_AT_ONCE, async ({ account, index }) => {
      const messageIdHeader = createMessageId(account.username)
      const to = `customer${index}@bench.example.com`
      const composed = await composeMessage({
        messageIdHeader,
        date: new Date(),
        from: { address: account.username },
        to: [{ address: to }],
        cc: [],
        bcc: [],
        subject: 'Your order',
        text,
        attachments: [],
        headers: [],
        references: [],
      })
      await insertSubmission(pool, {
        ...composed,
        accountId: account.id,
        id: newId(),
        userId: account.userId,
        apiKeyId: null,
        sandbox: false,
        subject: 'Your order',
        messageIdHeader,
        recipients: [{ address: to, kind: 'to' }],
        tags: [],
        metadata: {},
        idempotencyKey: null,
        payloadSha256: Buffer.alloc(32),
        scheduledAt: new Date(Date.now() + 3_600_000),
      })
    })
  } finally {
    await pool.end()
  }
}
