import type { ImapFlow } from 'imapflow'
import { ConnectionLost } from '../wire/line-stream.ts'
import { askServer, isRefused, isThrottled } from './ask-server.ts'
import type { BulkAnswer } from './bulk-answer.ts'
import type { FetchCollector } from './fetch-answers.ts'
import type { ImapConnection } from './imap-connection.ts'
import { createListWithStatus, type ListWithStatus } from './list-with-status.ts'
import { answerSearch, UidSearchReader } from './uid-search-reader.ts'

/**
 * The commands that carry much, spoken by ourselves on the connection the library has (ADR 0015). No deadlines: whoever calls has one, and
 * destroys the connection.
 *
 * @throws ServerRefusal, ProtocolViolation, ConnectionLost; after all but a NO or BAD the connection is destroyed
 */
export interface BulkReader {
  /** UID FETCH, of items in the words of the protocol. MODSEQ and an identifier are asked for where the server has them. */
  fetch<T>(set: string, query: BulkQuery, collector: FetchCollector<T>): Promise<T>
  /** UID SEARCH. Ascending, each once; null when the server refuses. */
  search(criteria: string): Promise<number[] | null>
  /** All mailboxes with what STATUS tells of them, whatever mailbox is open; null: ask the library. */
  readonly listWithStatus: ListWithStatus
  /** Messages of the open mailbox, by what the server has said until now; null when none is open. */
  countMessages(): number | null
}

export interface BulkQuery {
  readonly items: readonly string[]
  /** Also what says when a message changed, and which it is wherever it is moved. */
  readonly withModseq?: boolean
  readonly withEmailId?: boolean
  /** Ignored without CONDSTORE. */
  readonly changedSince?: bigint | undefined
}

export function createBulkReader(connection: ImapConnection): BulkReader {
  const { client, switchboard } = connection
  let knowsReturn = connection.capabilities.has('ESEARCH')

  async function ask(command: string, answer: BulkAnswer): Promise<void> {
    if (client.mailbox === false) throw new ConnectionLost('no mailbox is open')
    await askServer(connection, command, answer)
  }

  /** Null when it is refused. */
  async function searchBy(command: string): Promise<UidSearchReader | null> {
    const reader = new UidSearchReader(switchboard.count.exists)
    try {
      await ask(command, answerSearch(reader))
      return reader
    } catch (error) {
      if (isRefused(error) && !isThrottled(error)) return null
      throw error
    }
  }

  return {
    fetch: async (set, query, collector) => {
      await ask(`UID FETCH ${set} ${writeItems(client, query)}`, collector.answer)
      return collector.finish()
    },
    search: async (criteria) => {
      if (knowsReturn) {
        const found = await searchBy(`UID SEARCH RETURN (ALL) ${criteria}`)
        if (found?.isAnswered === true) return found.finish()
        // It offers ESEARCH and does not know it: refused, or answered with nothing at all.
        knowsReturn = false
      }
      return (await searchBy(`UID SEARCH ${criteria}`))?.finish() ?? null
    },
    listWithStatus: createListWithStatus(connection),
    countMessages: () => (client.mailbox === false ? null : switchboard.count.exists),
  }
}

function writeItems(client: ImapFlow, { items, withModseq = false, withEmailId = false, changedSince }: BulkQuery): string {
  const { mailbox, enabled, capabilities } = client
  const hasModseq = (enabled.has('CONDSTORE') || enabled.has('QRESYNC')) && mailbox !== false && mailbox.noModseq !== true
  const emailId = capabilities.has('OBJECTID') ? ['EMAILID'] : capabilities.has('X-GM-EXT-1') ? ['X-GM-MSGID'] : []
  const all = ['UID', ...items, ...(withEmailId ? emailId : []), ...(withModseq && hasModseq ? ['MODSEQ'] : [])]
  return `(${all.join(' ')})${hasModseq && changedSince !== undefined ? ` (CHANGEDSINCE ${changedSince})` : ''}`
}
