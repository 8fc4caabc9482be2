import type { Uuid } from '@maildock/core'
import { joinBySubject, type SubjectSource } from './join-by-subject.ts'
import { listCorrespondents, type ReadMessage } from './read-threadable.ts'
import { createThreadGroups, type KnownThread, type ThreadGroup, type ThreadGroups } from './thread-groups.ts'

/** A thread of the database that a subject of the batch may lead to. */
export interface SubjectThread {
  readonly thread: KnownThread
  readonly subjectHash: string
  readonly correspondents: ReadonlySet<string>
}

export interface KnownThreads {
  /** By identifier: what of those the batch has or mentions is known. */
  readonly byIdentifier: ReadonlyMap<string, KnownThread>
  readonly bySubject: readonly SubjectThread[]
  /** Address of the account: being written to it, is nothing that two conversations share. */
  readonly ownEmailKey: string
}

export interface NewThread extends KnownThread {
  readonly subjectHash: string | null
}

export interface ThreadPlan {
  /** By message. */
  readonly threadIds: ReadonlyMap<Uuid, Uuid>
  readonly created: readonly NewThread[]
  /** Threads of the database that got messages, or others merged into them, as they are now. */
  readonly changed: readonly KnownThread[]
  readonly merged: readonly { readonly id: Uuid; readonly into: Uuid }[]
  /** Identifiers not known before. */
  readonly links: readonly { readonly identifier: string; readonly threadId: Uuid }[]
}

export interface PlanThreadsOptions {
  readonly newThreadId: () => Uuid
  readonly maxMessages?: number
}

/**
 * Messages a thread may have. Past it, one identifier has tied together what is no conversation (newsletters that all refer to one id), or a
 * merge would rewrite too much. Large providers split at a hundred; lists have had conversations of several hundred.
 */
const MAX_THREAD_MESSAGES = 1_000

/**
 * Decides which thread each message of a batch belongs to. All identifiers a message has or mentions are of one thread; a message that
 * ties threads together merges them into the oldest, by id. In what order messages come changes ids, never who is with whom, as long
 * as no thread is full and no subject decides. Source: RFC 5256 section 3 (REFERENCES), ADR 0017.
 */
export function planThreads(
  messages: readonly ReadMessage[],
  known: KnownThreads,
  { newThreadId, maxMessages = MAX_THREAD_MESSAGES }: PlanThreadsOptions,
): ThreadPlan {
  const groups = createThreadGroups(known.byIdentifier, maxMessages)
  const own = messages.map((message, position) => joinByIdentifiers(groups, message, position))
  const sources = listSources(messages, own, { groups, known })
  joinBySubject(groups, sources)
  const threads = new Map<ThreadGroup, NewThread>()
  for (const started of [...own, ...sources.map(({ group }) => group)]) {
    const group = groups.find(started)
    // What the batch has nothing to do with stays as it is.
    if (!threads.has(group) && (group.members.length > 0 || group.known.length > 1)) {
      threads.set(group, planThread(group, messages, newThreadId))
    }
  }
  const threadOf = (group: ThreadGroup): NewThread => present(threads.get(groups.find(group)))
  return {
    ...planRows(threads),
    threadIds: new Map(messages.map(({ message }, position) => [message.id, threadOf(present(own[position])).id])),
    links: [...groups.identifiers].flatMap(([identifier, group]) =>
      known.byIdentifier.has(identifier) ? [] : [{ identifier, threadId: threadOf(group).id }],
    ),
  }
}

/** The message's own identifier first, then the nearest: when not all of them fit into one thread, it stays with those. */
function joinByIdentifiers(
  groups: ThreadGroups,
  { own, mentioned, writtenMs, seeksBySubject }: ReadMessage,
  position: number,
): ThreadGroup {
  const group = groups.ofMessage(position, seeksBySubject ? writtenMs : null)
  groups.join(group, groups.ofIdentifier(own))
  for (const identifier of mentioned) {
    groups.join(group, groups.ofIdentifier(identifier))
  }
  return group
}

/** What subjects may join: nothing, unless a reply seeks or is sought. */
function listSources(
  messages: readonly ReadMessage[],
  own: readonly ThreadGroup[],
  { groups, known }: { readonly groups: ThreadGroups; readonly known: KnownThreads },
): SubjectSource[] {
  const sought = new Set(messages.flatMap(({ seeksBySubject, subjectHash }) => (seeksBySubject ? [subjectHash] : [])))
  for (const { subjectHash } of known.bySubject) {
    sought.add(subjectHash)
  }
  const ofDatabase = known.bySubject.map(({ thread, subjectHash, correspondents }): SubjectSource => {
    const [firstMs, lastMs] = [thread.firstMessageMs, thread.lastMessageMs]
    return { subjectHash, group: groups.ofThread(thread), firstMs, lastMs, correspondents, seeks: thread.awaitsOriginal }
  })
  const ofBatch = messages.flatMap(({ message, writtenMs, subjectHash, seeksBySubject }, position): SubjectSource[] => {
    if (subjectHash === null || !sought.has(subjectHash)) {
      return []
    }
    const correspondents = listCorrespondents(message, known.ownEmailKey)
    return [{ subjectHash, group: present(own[position]), firstMs: writtenMs, lastMs: writtenMs, correspondents, seeks: seeksBySubject }]
  })
  return [...ofDatabase, ...ofBatch]
}

function planThread(group: ThreadGroup, messages: readonly ReadMessage[], newThreadId: () => Uuid): NewThread {
  let [id, firstMs, lastMs] = ['', Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  let subjectHash: string | null = null
  for (const thread of group.known) {
    id = id === '' || thread.id < id ? thread.id : id
    firstMs = Math.min(firstMs, thread.firstMessageMs)
    lastMs = Math.max(lastMs, thread.lastMessageMs)
  }
  for (const position of group.members) {
    const member = present(messages[position])
    subjectHash = member.writtenMs < firstMs ? member.subjectHash : subjectHash
    firstMs = Math.min(firstMs, member.writtenMs)
    lastMs = Math.max(lastMs, member.writtenMs)
  }
  return {
    id: id === '' ? newThreadId() : id,
    subjectHash,
    messageCount: group.messageCount,
    firstMessageMs: firstMs,
    lastMessageMs: lastMs,
    awaitsOriginal: group.awaitingMs !== null && group.awaitingMs <= firstMs,
  }
}

function planRows(threads: ReadonlyMap<ThreadGroup, NewThread>): Pick<ThreadPlan, 'created' | 'changed' | 'merged'> {
  const entries = [...threads]
  return {
    created: entries.flatMap(([{ known }, thread]) => (known.length === 0 ? [thread] : [])),
    changed: entries.flatMap(([{ known }, thread]) => (known.length === 0 ? [] : [thread])),
    merged: entries.flatMap(([{ known }, { id: into }]) => known.flatMap(({ id }) => (id === into ? [] : [{ id, into }]))),
  }
}

/** Every group of the batch has a thread, and every position a group. */
function present<T>(value: T | undefined): T {
  if (value === undefined) {
    throw new Error('A plan of threads is not complete.')
  }
  return value
}
