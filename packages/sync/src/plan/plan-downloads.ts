/** UIDs that are downloaded in one way, newest first. */
export interface DownloadRun {
  /** `source`: whole. `header`: what a list shows of them; their sources come when everything is listed. */
  readonly by: 'source' | 'header'
  readonly uids: readonly number[]
}

/** What is known of a mailbox when it is decided how what is missing comes. */
export interface DownloadState {
  /** From here on everything that is stored is stored whole. Null: everything that is stored so far. */
  readonly sourceLowUid: number | null
  /** UIDs that could not be had before. */
  readonly withheld: ReadonlySet<number>
  /** Messages of a mailbox never seen before that come whole, so that something can be read while the rest is listed. */
  readonly firstWhole: number
}

/** In what order and how it comes. */
export interface DownloadPlan {
  readonly runs: readonly DownloadRun[]
  /** Where `sourceLowUid` is as soon as anything is listed by its header; null: nothing will be. */
  readonly sourceLowUid: number | null
}

/** So few messages are not worth two turns. */
export const FIRST_WHOLE = 50
/** Nor are messages so short, on average: most of what they cost they cost in each turn. */
const SHORT_OCTETS = 8 * 1024
/** So many tell how long the messages of a mailbox are. */
const SAMPLE = 64

/** Of the missing messages (newest first) at most 64, spread over all of them, to ask for their sizes before a mailbox is downloaded. None where it makes no difference. */
export function planSample(missing: readonly number[], sourceLowUid: number | null): readonly number[] {
  if (sourceLowUid !== null || missing.length <= FIRST_WHOLE) {
    return []
  }
  const step = Math.max(1, missing.length / SAMPLE)
  return missing.filter((_uid, index) => Math.floor(index / step) > Math.floor((index - 1) / step))
}

export interface FirstWholeQuestion {
  readonly isInbox: boolean
  /** Of some messages, in octets. None, or 0: the server does not say. */
  readonly sizes: readonly number[]
}

/** How many of the newest messages come whole, of a mailbox never seen before. Infinity: all of them. */
export function planFirstWhole({ isInbox, sizes }: FirstWholeQuestion): number {
  const told = sizes.filter((size) => size > 0)
  const octets = told.reduce((sum, size) => sum + size, 0)
  if (told.length > 0 && octets <= told.length * SHORT_OCTETS) {
    return Number.POSITIVE_INFINITY
  }
  return isInbox ? FIRST_WHOLE : 0
}

/**
 * Metadata first: what is missing of a mailbox never seen before is listed by its headers, and the sources follow. What is newer than what is
 * whole already, and what could not be had before, comes whole.
 */
export function planDownloads(missing: readonly number[], { sourceLowUid, withheld, firstWhole }: DownloadState): DownloadPlan {
  const boundary = sourceLowUid ?? findBoundary(missing, firstWhole)
  const runs: { by: DownloadRun['by']; uids: number[] }[] = []
  for (const uid of missing) {
    const by = uid >= boundary || withheld.has(uid) ? 'source' : 'header'
    const last = runs.at(-1)
    if (last?.by === by) {
      last.uids.push(uid)
    } else {
      runs.push({ by, uids: [uid] })
    }
  }
  return { runs, sourceLowUid: runs.some(({ by }) => by === 'header') ? boundary : null }
}

export interface StoredWhole {
  /** From here on everything that is stored is stored whole; of the mailbox. */
  readonly sourceLowUid: number | null
  /** Where the window of what is stored begins. */
  readonly lowUid: number | null
  /** What is stored outside of that window, at least. */
  readonly held: ReadonlySet<number>
}

/**
 * From where on what is stored is whole, seen from what is missing. Where all of it is whole and much is missing below, as after a window was
 * widened, that is the lowest of it: metadata comes first there too, and no source comes twice. Null: nothing is stored.
 */
export function planWholeFrom(missing: readonly number[], { sourceLowUid, lowUid, held }: StoredWhole): number | null {
  if (sourceLowUid !== 1) {
    return sourceLowUid
  }
  let lowest = lowUid ?? Number.POSITIVE_INFINITY
  for (const uid of held) {
    lowest = Math.min(lowest, uid)
  }
  if (lowest === Number.POSITIVE_INFINITY) {
    return null
  }
  return missing.filter((uid) => uid < lowest).length > FIRST_WHOLE ? lowest : sourceLowUid
}

function findBoundary(missing: readonly number[], firstWhole: number): number {
  if (missing.length <= FIRST_WHOLE) {
    return 1
  }
  return firstWhole === 0 ? (missing[0] ?? 0) + 1 : (missing[firstWhole - 1] ?? 1)
}
