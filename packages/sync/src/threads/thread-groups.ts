import type { Uuid } from '@maildock/core'

/** A thread as the database has it. */
export interface KnownThread {
  readonly id: Uuid
  readonly messageCount: number
  readonly firstMessageMs: number
  readonly lastMessageMs: number
  readonly awaitsOriginal: boolean
}

/** Messages of a batch and threads of the database that belong together. Look at it through `find`: it may have become part of another. */
export interface ThreadGroup {
  parent: ThreadGroup | null
  /** Of the database. More than one: they are merged. */
  readonly known: KnownThread[]
  /** Of the batch, in its order, by position. */
  readonly members: number[]
  messageCount: number
  /** When the earliest of its replies that name no other message was written. An earlier message in the group is what it answers. */
  awaitingMs: number | null
}

export interface ThreadGroups {
  /** Every identifier that was asked for, with a group to be looked at through `find`. */
  readonly identifiers: ReadonlyMap<string, ThreadGroup>
  /** The group of an identifier; a new one, of no message, when nobody mentioned it yet. */
  ofIdentifier(identifier: string): ThreadGroup
  ofThread(thread: KnownThread): ThreadGroup
  /** A group of one message of the batch, by its position. */
  ofMessage(position: number, awaitingMs: number | null): ThreadGroup
  /** What the group is part of by now. */
  find(group: ThreadGroup): ThreadGroup
  /** Makes two groups one, unless they would have more messages than a thread may. @returns whether they are one */
  join(one: ThreadGroup, other: ThreadGroup): boolean
}

/** Sets that are only ever united (union-find): in what order does not matter, as long as no thread is full. */
export function createThreadGroups(known: ReadonlyMap<string, KnownThread>, maxMessages: number): ThreadGroups {
  const byIdentifier = new Map<string, ThreadGroup>()
  const byThread = new Map<Uuid, ThreadGroup>()

  const ofThread = (thread: KnownThread): ThreadGroup => {
    const group = byThread.get(thread.id) ?? createGroup(toParts(thread))
    byThread.set(thread.id, group)
    return group
  }
  return {
    identifiers: byIdentifier,
    ofThread,
    ofIdentifier: (identifier) => {
      const thread = known.get(identifier)
      const group = byIdentifier.get(identifier) ?? (thread === undefined ? createGroup({}) : ofThread(thread))
      byIdentifier.set(identifier, group)
      return group
    },
    ofMessage: (position, awaitingMs) => createGroup({ members: [position], messageCount: 1, awaitingMs }),
    find,
    join: (one, other) => join(find(one), find(other), maxMessages),
  }
}

function toParts(thread: KnownThread): Partial<ThreadGroup> {
  return {
    known: [thread],
    messageCount: thread.messageCount,
    awaitingMs: thread.awaitsOriginal ? thread.firstMessageMs : null,
  }
}

function createGroup(parts: Partial<ThreadGroup>): ThreadGroup {
  return { parent: null, known: [], members: [], messageCount: 0, awaitingMs: null, ...parts }
}

function find(group: ThreadGroup): ThreadGroup {
  let root = group
  while (root.parent !== null) {
    root = root.parent
  }
  // The next look is short.
  let step = group
  while (step.parent !== null) {
    const { parent } = step
    step.parent = root
    step = parent
  }
  return root
}

function join(one: ThreadGroup, other: ThreadGroup, maxMessages: number): boolean {
  if (one === other) {
    return true
  }
  if (one.messageCount + other.messageCount > maxMessages) {
    return false
  }
  const [large, small] = one.members.length >= other.members.length ? [one, other] : [other, one]
  small.parent = large
  large.known.push(...small.known)
  large.members.push(...small.members)
  large.messageCount += small.messageCount
  large.awaitingMs = earlier(large.awaitingMs, small.awaitingMs)
  return true
}

function earlier(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.min(one, other)
}
