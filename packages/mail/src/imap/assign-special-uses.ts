import { specialUse, type SpecialUseSource } from 'imapflow/lib/special-use.js'

/** A mailbox as it was listed, as far as its special use concerns it. */
export interface NamedMailbox {
  readonly path: string
  readonly delimiter: string | null
  /** Attributes, in any case. */
  readonly flags: ReadonlySet<string>
}

/** What a server says counts most, then an exact name, then one with another word beside it. */
const WEIGHT: Readonly<Record<SpecialUseSource, number>> = { extension: 0, name: 1, 'name-guess': 2 }

interface Candidate<T> {
  readonly mailbox: T
  readonly use: string
  readonly weight: number
  /** Levels above it. */
  readonly depth: number
}

/**
 * Which mailbox has which special use (RFC 6154): each use has one mailbox, each mailbox one use. Where the server does not say, the name does,
 * in some fifty languages, by the library's table; of several the one that says so more clearly, then the one higher in the tree, then by name.
 *
 * @param believesServer whether the server has attributes for it: SPECIAL-USE, or XLIST
 */
export function assignSpecialUses<T extends NamedMailbox>(mailboxes: readonly T[], believesServer: boolean): ReadonlyMap<T, string> {
  const candidates = mailboxes.flatMap((mailbox) => listCandidates(mailbox, believesServer))
  candidates.sort(
    (left, right) => left.weight - right.weight || left.depth - right.depth || left.mailbox.path.localeCompare(right.mailbox.path),
  )
  const uses = new Map<T, string>()
  const taken = new Set<string>()
  for (const { mailbox, use } of candidates) {
    if (!taken.has(use) && !uses.has(mailbox)) {
      uses.set(mailbox, use)
      taken.add(use)
    }
  }
  return uses
}

function listCandidates<T extends NamedMailbox>(mailbox: T, believesServer: boolean): Candidate<T>[] {
  const { path, delimiter, flags } = mailbox
  const levels = delimiter === null || delimiter === '' ? [path] : path.split(delimiter)
  const depth = levels.length - 1
  // What is not there any more has a name all the same: it must not take the place of what is.
  const isGone = [...flags].some((flag) => flag.toLowerCase() === '\\nonexistent')
  const candidates: Candidate<T>[] = []
  if (path.toUpperCase() === 'INBOX' && !isGone) candidates.push({ mailbox, use: '\\Inbox', weight: WEIGHT.name, depth })
  const { flag, source } = specialUse(believesServer, { flags: new Set(flags), name: levels.at(-1) ?? '' })
  if (flag !== null && source !== undefined && (source === 'extension' || !isGone)) {
    candidates.push({ mailbox, use: flag, weight: WEIGHT[source], depth })
  }
  return candidates
}
