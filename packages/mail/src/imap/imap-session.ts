import type { ImapFlow } from 'imapflow'
import { Deadline, untilAborted } from '../deadline.ts'
import { ConnectionLost } from '../wire/line-stream.ts'
import { createBulkReader } from './bulk-reader.ts'
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
import { listenForChanges } from './read-changes.ts'
import { readBigInt, readMailboxList, readMailboxStatus } from './read-mailbox-list.ts'
import { MAX_UID, toUidSet } from './uid-set.ts'

export interface ImapSessionDeadlines {
  /** Time for one command, from the first octet to the tagged answer, whatever drips in between. Default 60 s. */
  readonly commandMs: number
  /** The same for commands that carry messages. Default 300 s: the least rate a batch of 8 MB may come at is some 30 kB/s. */
  readonly contentMs: number
}

const DEADLINES: ImapSessionDeadlines = { commandMs: 60_000, contentMs: 300_000 }

export interface FetchFlagsOptions {
  /** Only what changed after this mod-sequence (RFC 7162 section 3.1.4). Ignored where there is no CONDSTORE: more rows come then. */
  readonly changedSince?: bigint | undefined
  /** Rows beyond this number end the command with a fault: a server has no more messages than it said. */
  readonly maxRows: number
}

/**
 * Reading, and nothing else: mailboxes are opened with EXAMINE and bodies fetched with PEEK, so that no flag of the server ever
 * changes. One command at a time, but `fetch…` may be called while another one runs: it is on the wire before the other is answered. Each
 * command has a deadline that destroys the connection. All methods throw MailFault.
 */
export interface ImapSession extends AsyncDisposable {
  readonly capabilities: ReadonlySet<string>
  /** False once the connection is gone. */
  readonly usable: boolean
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
  { commandMs, contentMs }: ImapSessionDeadlines = DEADLINES,
): ImapSession {
  const { client } = connection
  const foreign = takeNamesAsTheyAre(client)
  const listener = listenForChanges(client)
  const reader = createBulkReader(connection)

  /** Runs one command under a deadline. Time over, or the caller gone: the socket is destroyed, whatever the library waits for. */
  async function run<T>(deadlineMs: number, command: (client: ImapFlow) => Promise<T>): Promise<T> {
    using deadline = new Deadline(deadlineMs, signal)
    try {
      return await untilAborted(command(client), deadline.signal)
    } catch (error) {
      if (deadline.signal.aborted) {
        connection.destroy()
      }
      if (deadline.abandoned) {
        throw signal?.reason ?? error
      }
      throw connection.translateError(error, deadline.expired)
    }
  }

  return {
    capabilities: connection.capabilities,
    get usable() {
      return client.usable
    },
    listMailboxes: async () => {
      const atOnce = connection.capabilities.has('LIST-STATUS')
      const entries = await run(commandMs, async (flow) => flow.list(atOnce ? { statusQuery: STATUS_QUERY } : {}))
      return readMailboxList(entries.filter(({ path }) => !foreign.some((prefix) => path.startsWith(prefix))))
    },
    getStatus: async (path) => readMailboxStatus(await run(commandMs, async (flow) => askStatus(flow, path))),
    examine: async (path, known = null) =>
      run(commandMs, async (flow) => {
        const resume = known === null ? {} : { uidValidity: known.uidValidity, changedSince: known.highestModseq }
        const { result, changes } = await listener.during(async () => flow.mailboxOpen(path, { readOnly: true, ...resume }))
        return readExamined(path, result, { known, changes })
      }),
    listUids: async () => {
      const uids = await run(commandMs, async () => reader.search('ALL'))
      return { uids: uids ?? [], complete: uids !== null && uids.length === reader.countMessages() }
    },
    listUidsFrom: async (from) => {
      const uids = await run(commandMs, async () => reader.search(`UID ${from}:*`))
      const exists = reader.countMessages()
      // A set that begins beyond the end names the last message all the same (RFC 9051 section 9, seq-range; faults A6).
      return uids === null || exists === null ? null : { uids: uids.filter((uid) => uid >= from), exists }
    },
    // `Mon, 05 Jan 2026 …` has the day in the words of the protocol (RFC 9051 section 9, date).
    listUidsBefore: async (day) =>
      run(commandMs, async () => reader.search(`BEFORE ${day.toUTCString().slice(5, 16).replaceAll(' ', '-')}`)),
    fetchAttributes: async (uids) => run(commandMs, async () => reader.fetch(toUidSet(uids), ATTRIBUTES, collectAttributes(uids))),
    fetchFlags: async (range, { changedSince, maxRows }) => {
      const query = { items: ['FLAGS'], withModseq: true, changedSince }
      return run(commandMs, async () => reader.fetch(`${range.from}:${range.to}`, query, collectFlags(range, maxRows)))
    },
    fetchHeaders: async (uids) => {
      const query = { ...ATTRIBUTES, items: [...ATTRIBUTES.items, 'BODY.PEEK[HEADER]'] }
      return run(contentMs, async () => reader.fetch(toUidSet(uids), query, collectHeaders(uids)))
    },
    fetchSources: async (uids, { allocate = allocateMemory } = {}) => {
      // Whole, never by a partial fetch: there are servers that answer one with other octets, and say OK.
      const sources = collectContents(uids, { item: 'source', maxOctets: MAX_SOURCES_OCTETS, maxTotalOctets: MAX_SOURCES_OCTETS, allocate })
      return run(contentMs, async () => reader.fetch(toUidSet(uids), { items: ['BODY.PEEK[]'] }, sources))
    },
    fetchHeader: async (uid) => {
      const headers = collectContents([uid], {
        item: 'header',
        maxOctets: MAX_HEADER_OCTETS,
        maxTotalOctets: 2 * MAX_HEADER_OCTETS,
        allocate: allocateMemory,
      })
      const found = await run(commandMs, async () => reader.fetch(String(uid), { items: ['BODY.PEEK[HEADER]'] }, headers))
      return found.get(uid) ?? null
    },
    [Symbol.asyncDispose]: async () => connection[Symbol.asyncDispose](),
  }
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
