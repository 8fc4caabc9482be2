import type { ImapFlow } from 'imapflow'
import { findBackoffMs } from '../classify-refusal.ts'
import { ServerRefusal } from '../refusal.ts'
import type { BulkAnswer } from './bulk-answer.ts'
import type { ImapConnection } from './imap-connection.ts'

/**
 * Sends a command of our own, in turn with the library's (ADR 0015). No deadline: whoever calls has one, and destroys the connection.
 *
 * @throws ServerRefusal, ProtocolViolation, ConnectionLost; after all but a NO or BAD the connection is destroyed
 */
export async function askServer(connection: ImapConnection, command: string, answer: BulkAnswer): Promise<void> {
  const { client, switchboard } = connection
  if (client.idling) await endIdle(client)
  try {
    await switchboard.run(command, answer)
  } catch (error) {
    if (!isRefused(error)) connection.destroy()
    throw error
  }
}

/** NO or BAD: the connection is as good as before. */
export function isRefused(error: unknown): error is ServerRefusal {
  return error instanceof ServerRefusal && error.facts.responseStatus !== 'BYE'
}

/** "Later", with a time: it says nothing about the question. */
export function isThrottled(error: ServerRefusal): boolean {
  return findBackoffMs(error.facts.text) !== undefined
}

/** The part of imapflow's client that is not in its types: what it does itself before a command, while it idles. */
interface IdlingClient {
  readonly preCheck: (() => Promise<void>) | false
}

/** IDLE ends with DONE only, and only the library can say it. Resolves once it is said; our turn comes when it is answered. */
async function endIdle(client: ImapFlow): Promise<void> {
  const { preCheck } = client as unknown as IdlingClient
  // An older or newer library may have it otherwise: any command of its own ends IDLE.
  await (typeof preCheck === 'function' ? preCheck() : client.noop())
}
