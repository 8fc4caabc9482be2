import type { ImapFlow } from 'imapflow'
import { Deadline, untilAborted } from '../deadline.ts'
import { ConnectionLost } from '../wire/line-stream.ts'
import { createBulkReader, type BulkReader } from './bulk-reader.ts'
import { collectAttributes, collectContents, collectFlags, collectHeaders } from './fetch-answers.ts'
import { openImapConnection, type ImapConnection, type OpenImapConnectionInput, type OpenImapConnectionOptions } from './imap-connection.ts'
import {
  MAX_HEADER_OCTETS,
  type ExaminedMailbox,
  type FetchedHeader,
  type FetchSourcesOptions,
  type KnownState,
  type MailboxChanges,
  type MailboxList,
  type MailboxStatus,
  type MessageAttributes,
  type MessageFlags,
  type UidList,
  type UidRange,
  type UidTail,
} from './imap-session-types.ts'
import { createMailboxWriter, type MailboxWriter } from './mailbox-writer.ts'
import { listenForChanges, type ChangeListener } from './read-changes.ts'
import { readBigInt, readMailboxList, readMailboxStatus, type ListedMailbox } from './read-mailbox-list.ts'
import { MAX_UID, toUidSet } from './uid-set.ts'

/** What a server may take for its answers. */
export interface ImapSessionDeadlines {
  /** Time for one command, from the first octet to the tagged answer, whatever drips in between. Default 60 s. */
  readonly commandMs: number
  /** The same for commands that carry messages. Default 300 s: the least rate a batch of 8 MB may come at is some 30 kB/s. */
  readonly contentMs: number
}

const DEADLINES: ImapSessionDeadlines = { commandMs: 60_000, contentMs: 300_000 }

/** Which flags are asked for, and how many at most. */
export interface FetchFlagsOptions {
  /** Only what changed after this mod-sequence (RFC 7162 section 3.1.4). Ignored where there is no CONDSTORE: more rows come then. */
  readonly changedSince?: bigint | undefined
  /** Rows beyond this number end the command with a fault: a server has no more messages than it said. */
  readonly maxRows: number
}

/**
 * Reading, and but for `writer` nothing else: mailboxes are opened with EXAMINE and bodies fetched with PEEK, so that no flag of the server ever
 * changes. One command at a time, but `fetch…` may be called while another one runs: it is on the wire before the other is answered. Each
 * command has a deadline that destroys the connection. All methods throw MailFault.
 */
export interface ImapSession extends AsyncDisposable {
  readonly capabilities: ReadonlySet<string>
  /** False once the connection is gone. */
  readonly usable: boolean
  /** What may be changed: apart from it nothing is. */
  readonly writer: MailboxWriter
  /** LIST, with STATUS where the server gives both at once. */
  listMailboxes(): Promise<MailboxList>
  /** Null when the server refuses. */
  getStatus(path: string): Promise<MailboxStatus | null>
  /** With a known state, and a server with QRESYNC, also what changed since. */
  examine(path: string, known?: KnownState | null): Promise<ExaminedMailbox>
  listUids(): Promise<UidList>
  /** UIDs from this one on; null when the server refuses. */
  listUidsFrom(uid: number): Promise<UidTail | null>
  /** UIDs of messages received before a day, given as midnight UTC, ascending; null when the server refuses. Each has days of its own: allow for one. */
  listUidsBefore(day: Date): Promise<readonly number[] | null>
  /** UIDs of messages with this Message-ID, with its brackets, ascending; null when the server refuses. */
  listUidsByMessageId(messageId: string): Promise<readonly number[] | null>
  /** Attributes of these messages, of as many as still exist; ascending. */
  fetchAttributes(uids: readonly number[]): Promise<readonly MessageAttributes[]>
  /** Flags of the messages in a range of UIDs, ascending; with `changedSince`, of those that changed. */
  fetchFlags(range: UidRange, options: FetchFlagsOptions): Promise<readonly MessageFlags[]>
  /** Attributes and header blocks of these messages, of as many as still exist; ascending, each once. */
  fetchHeaders(uids: readonly number[]): Promise<readonly FetchedHeader[]>
  /** Sources by UID, of as many as still exist. Ask for what fits in memory: sizes are the server's word. */
  fetchSources(uids: readonly number[], options?: FetchSourcesOptions): Promise<ReadonlyMap<number, Buffer>>
  /** The header block; null when the message is gone. */
  fetchHeader(uid: number): Promise<Buffer | null>
}

/** Signs in and starts a session. @throws MailFault, or the reason of the caller's signal */
export async function openImapSession(input: OpenImapConnectionInput, options: OpenImapConnectionOptions): Promise<ImapSession> {
  return createImapSession(await openImapConnection(input, options), options.signal)
}

/** A session over a connection that is open. The session owns it from now on. */
export function createImapSession(
  connection: ImapConnection,
  signal?: AbortSignal,
  deadlines: ImapSessionDeadlines = DEADLINES,
): ImapSession {
  return new ConnectedSession(connection, signal, deadlines)
}

class ConnectedSession implements ImapSession {
  readonly writer: MailboxWriter
  readonly #connection: ImapConnection
  readonly #signal: AbortSignal | undefined
  readonly #deadlines: ImapSessionDeadlines
  /** Prefixes of mailboxes that are not the account's own. */
  readonly #foreign: readonly string[]
  readonly #listener: ChangeListener
  readonly #reader: BulkReader

  constructor(connection: ImapConnection, signal: AbortSignal | undefined, deadlines: ImapSessionDeadlines) {
    this.#connection = connection
    this.#signal = signal
    this.#deadlines = deadlines
    const personalPrefix = connection.client.namespace?.prefix ?? ''
    this.#foreign = takeNamesAsTheyAre(connection.client)
    this.writer = createMailboxWriter(
      async (kind, command) => this.#run(kind === 'content' ? deadlines.contentMs : deadlines.commandMs, command),
      personalPrefix,
    )
    this.#listener = listenForChanges(connection.client)
    this.#reader = createBulkReader(connection)
  }

  get capabilities(): ReadonlySet<string> {
    return this.#connection.capabilities
  }

  get usable(): boolean {
    return this.#connection.client.usable
  }

  async listMailboxes(): Promise<MailboxList> {
    const options = this.capabilities.has('LIST-STATUS') ? { statusQuery: STATUS_QUERY } : {}
    const entries = await this.#command<readonly ListedMailbox[]>(
      async (flow) => (await this.#reader.listWithStatus()) ?? (await flow.list(options)),
    )
    return readMailboxList(entries.filter(({ path }) => !this.#foreign.some((prefix) => path.startsWith(prefix))))
  }

  async getStatus(path: string): Promise<MailboxStatus | null> {
    return readMailboxStatus(await this.#command(async (flow) => askStatus(flow, path)))
  }

  async examine(path: string, known: KnownState | null = null): Promise<ExaminedMailbox> {
    return this.#command(async (flow) => {
      const resume = known === null ? {} : { uidValidity: known.uidValidity, changedSince: known.highestModseq }
      const { result, changes } = await this.#listener.during(async () => flow.mailboxOpen(path, { readOnly: true, ...resume }))
      return readExamined(path, result, { known, changes })
    })
  }

  async listUids(): Promise<UidList> {
    const uids = await this.#command(async () => this.#reader.search('ALL'))
    return { uids: uids ?? [], complete: uids !== null && uids.length === this.#reader.countMessages() }
  }

  async listUidsFrom(from: number): Promise<UidTail | null> {
    const uids = await this.#command(async () => this.#reader.search(`UID ${from}:*`))
    const exists = this.#reader.countMessages()
    // A set that begins beyond the end names the last message all the same (RFC 9051 section 9, seq-range; faults A6).
    return uids === null || exists === null ? null : { uids: uids.filter((uid) => uid >= from), exists }
  }

  async listUidsBefore(day: Date): Promise<readonly number[] | null> {
    // `Mon, 05 Jan 2026 …` has the day in the words of the protocol (RFC 9051 section 9, date).
    const date = day.toUTCString().slice(5, 16).replaceAll(' ', '-')
    return this.#command(async () => this.#reader.search(`BEFORE ${date}`))
  }

  async listUidsByMessageId(messageId: string): Promise<readonly number[] | null> {
    if (!isSearchable(messageId)) return null
    return this.#command(async () => this.#reader.search(`HEADER Message-ID "${messageId}"`))
  }

  async fetchAttributes(uids: readonly number[]): Promise<readonly MessageAttributes[]> {
    return this.#command(async () => this.#reader.fetch(toUidSet(uids), ATTRIBUTES, collectAttributes(uids)))
  }

  async fetchFlags(range: UidRange, { changedSince, maxRows }: FetchFlagsOptions): Promise<readonly MessageFlags[]> {
    const query = { items: ['FLAGS'], withModseq: true, changedSince }
    return this.#command(async () => this.#reader.fetch(`${range.from}:${range.to}`, query, collectFlags(range, maxRows)))
  }

  async fetchHeaders(uids: readonly number[]): Promise<readonly FetchedHeader[]> {
    const query = { ...ATTRIBUTES, items: [...ATTRIBUTES.items, 'BODY.PEEK[HEADER]'] }
    return this.#contentCommand(async () => this.#reader.fetch(toUidSet(uids), query, collectHeaders(uids)))
  }

  async fetchSources(
    uids: readonly number[],
    { allocate = allocateMemory }: FetchSourcesOptions = {},
  ): Promise<ReadonlyMap<number, Buffer>> {
    // Whole, never by a partial fetch: there are servers that answer one with other octets, and say OK.
    const sources = collectContents(uids, { item: 'source', maxOctets: MAX_SOURCES_OCTETS, maxTotalOctets: MAX_SOURCES_OCTETS, allocate })
    return this.#contentCommand(async () => this.#reader.fetch(toUidSet(uids), { items: ['BODY.PEEK[]'] }, sources))
  }

  async fetchHeader(uid: number): Promise<Buffer | null> {
    const headers = collectContents([uid], {
      item: 'header',
      maxOctets: MAX_HEADER_OCTETS,
      maxTotalOctets: 2 * MAX_HEADER_OCTETS,
      allocate: allocateMemory,
    })
    const found = await this.#command(async () => this.#reader.fetch(String(uid), { items: ['BODY.PEEK[HEADER]'] }, headers))
    return found.get(uid) ?? null
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection[Symbol.asyncDispose]()
  }

  async #command<T>(command: (client: ImapFlow) => Promise<T>): Promise<T> {
    return this.#run(this.#deadlines.commandMs, command)
  }

  async #contentCommand<T>(command: (client: ImapFlow) => Promise<T>): Promise<T> {
    return this.#run(this.#deadlines.contentMs, command)
  }

  /** Runs one command under a deadline. Time over, or the caller gone: the socket is destroyed, whatever the library waits for. */
  async #run<T>(deadlineMs: number, command: (client: ImapFlow) => Promise<T>): Promise<T> {
    using deadline = new Deadline(deadlineMs, this.#signal)
    try {
      return await untilAborted(command(this.#connection.client), deadline.signal)
    } catch (error) {
      if (deadline.signal.aborted) {
        this.#connection.destroy()
      }
      if (deadline.abandoned) {
        throw this.#signal?.reason ?? error
      }
      throw this.#connection.translateError(error, deadline.expired)
    }
  }
}

/** What goes into a quoted string as it is. An identifier with anything else is none we made. */
function isSearchable(messageId: string): boolean {
  return /^<[\x21\x23-\x5b\x5d-\x7e]{1,900}>$/u.test(messageId)
}

const ATTRIBUTES = { items: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE'], withModseq: true, withEmailId: true } as const

/** As much as the connection takes in one response: the largest message there is, or many of a batch, of which each may be larger than was told. */
const MAX_SOURCES_OCTETS = 72 << 20

/** Not of the pool: a content is kept long after its neighbours. */
function allocateMemory(octets: number): Buffer {
  return Buffer.allocUnsafeSlow(octets)
}

const STATUS_QUERY = { messages: true, uidNext: true, uidValidity: true, highestModseq: true } as const

/** The library says `false` of a connection that was lost as it does of a refusal: a mailbox would be taken for one the server does not tell of. */
async function askStatus(flow: ImapFlow, path: string): ReturnType<ImapFlow['status']> {
  const status = await flow.status(path, STATUS_QUERY)
  if (status === false && !flow.usable) {
    throw new ConnectionLost('The connection was lost before STATUS was answered.')
  }
  return status
}

/**
 * The library puts the personal namespace's prefix before every name that lacks it, which makes other names of what the server listed.
 * Without a prefix the whole tree is listed and each name is sent back as it came. @returns prefixes of what belongs to other people or to
 * everybody (RFC 2342): not the mail of this account
 */
function takeNamesAsTheyAre(client: ImapFlow): readonly string[] {
  const { namespaces } = client
  client.namespace = { delimiter: client.namespace?.delimiter, prefix: '' }
  const others = [...(namespaces?.other || []), ...(namespaces?.shared || [])]
  return others.map(({ prefix }) => prefix).filter((prefix) => prefix !== '')
}

interface OpenedMailbox {
  readonly uidValidity?: unknown
  readonly uidNext?: unknown
  readonly exists?: unknown
  readonly highestModseq?: unknown
  readonly noModseq?: unknown
  readonly qresync?: unknown
}

/** Copied field by field: the library goes on changing its own object with everything the server says. */
function readExamined(
  path: string,
  mailbox: OpenedMailbox,
  told: { readonly known: KnownState | null; readonly changes: MailboxChanges | null },
): ExaminedMailbox {
  const { uidNext, exists } = mailbox
  const uidValidity = readBigInt(mailbox.uidValidity) ?? 0n
  const highestModseq = mailbox.noModseq === true ? null : (readBigInt(mailbox.highestModseq) ?? null)
  const { known, changes } = told
  // Mod-sequences that went backwards are those of a restored server: what it tells is no continuation of what we know.
  const goesOn = mailbox.qresync === true && known?.uidValidity === uidValidity && (highestModseq ?? -1n) >= known.highestModseq
  return {
    path,
    uidValidity,
    uidNext: typeof uidNext === 'number' && uidNext > 0 && uidNext <= MAX_UID + 1 ? uidNext : null,
    exists: typeof exists === 'number' && exists > 0 ? exists : 0,
    highestModseq,
    changes: goesOn ? changes : null,
  }
}
