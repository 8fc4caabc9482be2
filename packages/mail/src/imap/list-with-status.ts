import type { ImapFlow } from 'imapflow'
import { decodePath, normalizePath } from 'imapflow/lib/tools.js'
import { askServer, isRefused, isThrottled } from './ask-server.ts'
import { assignSpecialUses } from './assign-special-uses.ts'
import type { ImapConnection } from './imap-connection.ts'
import { ListAnswer, type ListLine } from './list-answer.ts'
import type { ListedMailbox } from './read-mailbox-list.ts'

/**
 * LIST with STATUS in one command (RFC 5819), read by ourselves (ADR 0015): it is what every watched account is asked every few minutes.
 *
 * @returns null where it cannot be had so: the server does not offer it, refuses it, tells of no mailbox's status, or says what is not plainly
 * the protocol. The library knows more of such servers; this connection does not try again.
 * @throws as askServer
 */
export type ListWithStatus = () => Promise<readonly ListedMailbox[] | null>

export function createListWithStatus(connection: ImapConnection): ListWithStatus {
  const { client } = connection
  let isWorthTrying = offersListWithStatus(client)
  return async () => {
    if (!isWorthTrying) return null
    const answer = await ask(connection)
    const listed = answer === null || answer.isOdd ? null : readListed(client, answer)
    isWorthTrying = listed !== null
    return listed
  }
}

/** With XLIST alone the special uses come by that command, which has no STATUS. */
function offersListWithStatus({ capabilities }: ImapFlow): boolean {
  return capabilities.has('LIST-STATUS') && (capabilities.has('SPECIAL-USE') || !capabilities.has('XLIST'))
}

/** Null when the server does not understand it. */
async function ask(connection: ImapConnection): Promise<ListAnswer | null> {
  const answer = new ListAnswer()
  try {
    await askServer(connection, writeCommand(connection.client), answer)
    return answer
  } catch (error) {
    if (isRefused(error) && error.facts.responseStatus === 'BAD' && !isThrottled(error)) return null
    throw error
  }
}

/** Of RETURN options, some servers give nothing but what is named in them: so are special uses, if there are any. */
function writeCommand({ capabilities }: ImapFlow): string {
  const hasModseq = capabilities.has('CONDSTORE') || capabilities.has('QRESYNC')
  const items = ['MESSAGES', 'UIDNEXT', 'UIDVALIDITY', ...(hasModseq ? ['HIGHESTMODSEQ'] : [])]
  const specialUse = capabilities.has('SPECIAL-USE') ? ' SPECIAL-USE' : ''
  return `LIST "" "*" RETURN (STATUS (${items.join(' ')})${specialUse})`
}

/** Null when there are mailboxes that could be told of, and none was. */
function readListed(client: ImapFlow, { listed, told }: ListAnswer): readonly ListedMailbox[] | null {
  const mailboxes = listed.map((line) => ({ ...line, path: readPath(client, line) }))
  if (told.length === 0 && mailboxes.length > 0) return null
  const statuses = new Map(told.map(({ name, items }) => [readName(client, name), items]))
  const uses = assignSpecialUses(mailboxes, client.capabilities.has('SPECIAL-USE'))
  const found = mailboxes.map((mailbox) => ({
    path: mailbox.path,
    delimiter: mailbox.delimiter,
    flags: mailbox.flags,
    specialUse: uses.get(mailbox),
    status: readItems(statuses.get(mailbox.path)),
  }))
  // Of two of one name the one with a special use counts: it comes first.
  return [...found.filter(({ specialUse }) => specialUse !== undefined), ...found.filter(({ specialUse }) => specialUse === undefined)]
}

/** From modified UTF-7, or UTF-8 where that is spoken; INBOX in one spelling. */
function readName(client: ImapFlow, name: string): string {
  return normalizePath(client, decodePath(client, name))
}

/** There are servers that put the delimiter before a name. */
function readPath(client: ImapFlow, { name, delimiter }: ListLine): string {
  const path = readName(client, name)
  return delimiter !== null && path !== '' && path[0] === delimiter ? path.slice(1) : path
}

function readItems(items: ReadonlyMap<string, string> | undefined): ListedMailbox['status'] {
  return (
    items && {
      messages: readDigits(items.get('MESSAGES'), Number),
      uidNext: readDigits(items.get('UIDNEXT'), Number),
      uidValidity: readDigits(items.get('UIDVALIDITY'), BigInt),
      highestModseq: readDigits(items.get('HIGHESTMODSEQ'), BigInt),
    }
  )
}

function readDigits<T>(digits: string | undefined, read: (digits: string) => T): T | undefined {
  return digits === undefined ? undefined : read(digits)
}
