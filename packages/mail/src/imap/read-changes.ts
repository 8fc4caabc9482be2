import type { FetchMessageObject, ImapFlow } from 'imapflow'
import type { MailboxChanges, MessageFlags, UidRange } from './imap-session-types.ts'
import { readFlagsRow } from './read-fetch-row.ts'
import { countUids, readUidRanges } from './uid-set.ts'

/** Changes beyond these numbers are not kept: whoever wants them lists in bounded ranges. */
const MAX_FLAG_ROWS = 20_000
const MAX_RANGES = 50_000

/** Of imapflow's object for an untagged response, what a VANISHED has. */
interface UntaggedVanished {
  readonly attributes?: readonly unknown[]
}

/** The part of imapflow's client a VANISHED arrives at. */
interface VanishedReceiver {
  mailbox: { readonly path: string; exists: number } | false
  untaggedVanished(untagged: UntaggedVanished, mailbox?: object): Promise<void>
  emit(event: 'expunge', news: { path: string; uid: number; vanished: true; earlier: false }): boolean
}

/** Hears what a server tells on opening a mailbox with QRESYNC (RFC 7162 section 3.2.5). */
export interface ChangeListener {
  /** Runs the opening, and gives what changed beside its result; null when there was more than is kept. */
  during<T>(opening: () => Promise<T>): Promise<{ readonly result: T; readonly changes: MailboxChanges | null }>
}

/**
 * Listens on a client, for its life. The library would walk each UID of a VANISHED, and stop after some millions of them: here ranges
 * stay ranges, so that `1:4294967295` costs nothing.
 */
export function listenForChanges(client: ImapFlow): ChangeListener {
  let vanished: UidRange[] | null = null
  const receiver = client as unknown as VanishedReceiver
  receiver.untaggedVanished = async (untagged) => {
    const { earlier, ranges } = readVanished(untagged)
    if (earlier) {
      if (vanished !== null && vanished.length <= MAX_RANGES) {
        vanished.push(...ranges)
      }
      return
    }
    // Of the mailbox that is open: one message less each (RFC 7162 section 3.2.10), and news for who watches.
    const { mailbox } = receiver
    const [first] = ranges
    if (mailbox !== false && first !== undefined) {
      mailbox.exists = Math.max(0, mailbox.exists - countUids(ranges))
      receiver.emit('expunge', { path: mailbox.path, uid: first.from, vanished: true, earlier: false })
    }
  }
  return {
    during: async (opening) => {
      const flags = new Map<number, MessageFlags>()
      let rows = 0
      const onFlags = (row: object): void => {
        rows += 1
        const read = rows > MAX_FLAG_ROWS ? null : readFlagsRow(row as FetchMessageObject)
        if (read !== null) {
          flags.set(read.uid, read)
        }
      }
      const heard: UidRange[] = []
      vanished = heard
      client.on('flags', onFlags)
      try {
        const result = await opening()
        const isKept = rows <= MAX_FLAG_ROWS && heard.length <= MAX_RANGES
        return { result, changes: isKept ? { flags: [...flags.values()], vanished: heard } : null }
      } finally {
        vanished = null
        client.off('flags', onFlags)
      }
    },
  }
}

/** Reads `VANISHED (EARLIER) 1:3,7`. What is not a range of UIDs is left out. */
export function readVanished({ attributes = [] }: UntaggedVanished): { readonly earlier: boolean; readonly ranges: readonly UidRange[] } {
  const [tags] = attributes
  const earlier = Array.isArray(tags) && tags.some((tag) => readValue(tag).toUpperCase() === 'EARLIER')
  return { earlier, ranges: readUidRanges(readValue(attributes[Array.isArray(tags) ? 1 : 0])) }
}

function readValue(attribute: unknown): string {
  const value = typeof attribute === 'object' && attribute !== null && 'value' in attribute ? attribute.value : undefined
  return typeof value === 'string' ? value : ''
}
