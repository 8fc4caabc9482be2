import { addBcc, MailFault, type ImapSession, type MailboxList } from '@maildock/mail'
import {
  failCopy,
  listOwedCopies,
  postponeCopies,
  putOffCopies,
  settleCopy,
  startCopy,
  type CopyOutcome,
  type CopySource,
  type OwedCopy,
} from '@maildock/outbox'
import type { Pass } from '../pass.ts'
import { inPass } from '../store/in-pass.ts'
import { keepsSentCopies } from './keeps-sent-copies.ts'

/** Copies filed by one pass: new mail is not to wait behind thousands. */
const MAX_COPIES = 100

/** Some servers name a mailbox that cannot be stored for as long as it is there. */
const INCOMPLETE_LIST_MINUTES = 60

/** The mailbox for copies where there is none, by the name most clients give it. */
const SENT_NAME = 'Sent'

/**
 * Puts copies of what an account sent into its Sent mailbox (docs/adr/0026), over the connection of a pass that has just listed the mailboxes, before it goes
 * on: the copies are synchronised by the same pass. Each is searched for first, and its attempt is on record before the server hears of it: whatever breaks
 * off, none is there twice. What the server refuses is kept with the copy and tried again with a later pass; it does not fail this one.
 * @returns whether something changed at the server: what was listed is old then
 * @throws MailFault when the connection is of no more use; LeaseLostError, PassOutdatedError
 */
export async function fileSentCopies(pass: Pass, session: ImapSession, list: MailboxList): Promise<boolean> {
  const owed = await listOwedCopies(pass.pool, pass.accountId, MAX_COPIES)
  if (owed.length === 0) {
    return false
  }
  if (findSent(list) === null && !list.complete) {
    // The mailbox may be among those that are missing from the list. Another pass at once would find no more.
    await inPass(pass, async (client) => putOffCopies(client, pass.accountId, INCOMPLETE_LIST_MINUTES))
    return false
  }
  const mailbox = new SentMailbox(session, list)
  let filed = 0
  for (const [index, copy] of owed.entries()) {
    if (index > 0 && pass.isTimeUp()) {
      break
    }
    const outcome = await fileCopy(pass, { session, mailbox, copy })
    filed += outcome === 'filed' ? 1 : 0
    if (outcome === 'refused') {
      // No word about this copy: the others would fare no better.
      await inPass(pass, async (client) => postponeCopies(client, copy))
      break
    }
  }
  if (mailbox.isOpen) {
    // Of the mailbox that is open some servers tell an old STATUS.
    await session.examine('INBOX')
  }
  pass.logger.debug({ owed: owed.length, filed }, 'Copies of what was sent were filed.')
  return filed > 0 || mailbox.isNew
}

/** What is said of the mailbox, or of the account: too much of it, no right, no room. */
const OF_THE_MAILBOX: ReadonlySet<MailFault['class']> = new Set(['throttle', 'permission', 'mailbox'])

interface Filing {
  readonly session: ImapSession
  readonly mailbox: SentMailbox
  readonly copy: OwedCopy
}

/** @returns refused: the server takes none now */
async function fileCopy(pass: Pass, { session, mailbox, copy }: Filing): Promise<CopyOutcome | 'failed' | 'refused'> {
  if (keepsSentCopies({ ...copy, capabilities: session.capabilities })) {
    return settle(pass, copy, 'provider')
  }
  const source = await inPass(pass, async (client) => startCopy(client, copy))
  if (source === null) {
    return 'failed'
  }
  try {
    const outcome = await putThere(session, mailbox, { copy, source })
    return outcome === 'doubtful' ? await giveUp(pass, copy) : await settle(pass, copy, outcome)
  } catch (error) {
    if (!(error instanceof MailFault)) {
      throw error
    }
    if (!session.usable) {
      // The pass fails of it. The next one is to read the mail, and not to end here again.
      await inPass(pass, async (client) => postponeCopies(client, copy))
      throw error
    }
    const { code, serverResponse = null } = error
    pass.logger.warn(
      { submissionId: copy.id, code, class: error.class },
      'A copy of a message that was sent could not be filed; it is tried again.',
    )
    // What this attempt was refused is not there; what an earlier one left may be.
    const nothingThere = !source.mayBeThere
    await inPass(pass, async (client) => failCopy(client, copy, { code, response: serverResponse, nothingThere, final: false }))
    return OF_THE_MAILBOX.has(error.class) ? 'refused' : 'failed'
  }
}

/** @returns doubtful: it may be there, and the server does not let itself be searched */
async function putThere(
  session: ImapSession,
  mailbox: SentMailbox,
  { copy, source }: { readonly copy: OwedCopy; readonly source: CopySource },
): Promise<'filed' | 'found' | 'doubtful'> {
  const path = await mailbox.open()
  const there = await session.listUidsByMessageId(copy.messageIdHeader)
  if (there !== null && there.length > 0) {
    return 'found'
  }
  if (there === null && source.mayBeThere) {
    return 'doubtful'
  }
  const message = { source: addBcc(source.source, source.bcc), flags: [String.raw`\Seen`], internalDate: source.sentAt }
  await session.writer.append(path, message)
  return 'filed'
}

async function settle(pass: Pass, copy: OwedCopy, outcome: CopyOutcome): Promise<CopyOutcome> {
  await inPass(pass, async (client) => settleCopy(client, copy, outcome))
  return outcome
}

/** One copy too few is better than two. */
async function giveUp(pass: Pass, copy: OwedCopy): Promise<'failed'> {
  await inPass(pass, async (client) =>
    failCopy(client, copy, { code: 'sync.server_error', response: null, nothingThere: false, final: true }),
  )
  return 'failed'
}

/** The Sent mailbox of an account: as the server or its name says; made where there is none. Opened once. */
class SentMailbox {
  readonly #session: ImapSession
  readonly #list: MailboxList
  #path: string | null = null
  isNew = false

  constructor(session: ImapSession, list: MailboxList) {
    this.#session = session
    this.#list = list
  }

  get isOpen(): boolean {
    return this.#path !== null
  }

  /** @returns its name @throws MailFault when there is none and none can be made */
  async open(): Promise<string> {
    if (this.#path === null) {
      const path = findSent(this.#list) ?? (await this.#make())
      await this.#session.examine(path)
      this.#path = path
    }
    return this.#path
  }

  async #make(): Promise<string> {
    const path = await this.#session.writer.create(SENT_NAME)
    this.isNew = true
    return path
  }
}

function findSent({ mailboxes }: MailboxList): string | null {
  return mailboxes.find(({ specialUse, selectable }) => specialUse === '\\Sent' && selectable)?.path ?? null
}
