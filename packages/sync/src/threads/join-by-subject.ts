import type { ThreadGroup, ThreadGroups } from './thread-groups.ts'

/** A message of the batch, or a thread of the database, among those with one base subject. */
export interface SubjectSource {
  readonly subjectHash: string
  readonly group: ThreadGroup
  readonly firstMs: number
  readonly lastMs: number
  /** Those who take part in it, without the account itself. */
  readonly correspondents: ReadonlySet<string>
  /** Its first message is a reply that mentions no other message. */
  readonly seeks: boolean
}

/** A conversation that rested for longer is not taken up again by a subject alone. */
export const MAX_REST_MS = 30 * 86_400_000

/**
 * Gives replies that name no message a thread by their subject: the newest of the same base subject that began before the reply, whose last
 * message is at most 30 days older, and that shares a correspondent with it. RFC 5256 (REFERENCES, step 5) joins all threads of a base
 * subject, whatever their age and whoever wrote them: every "Hello" would be one (ADR 0017).
 */
export function joinBySubject(groups: Pick<ThreadGroups, 'find' | 'join'>, sources: readonly SubjectSource[]): void {
  const bySubject = Map.groupBy(sources, ({ subjectHash }) => subjectHash)
  const seekers = sources.filter(({ seeks }) => seeks).toSorted((a, b) => a.firstMs - b.firstMs)
  for (const seeker of seekers) {
    const places = (bySubject.get(seeker.subjectHash) ?? []).filter((place) => canHold(place, seeker))
    const newestFirst = places.toSorted((a, b) => Math.min(b.lastMs, seeker.firstMs) - Math.min(a.lastMs, seeker.firstMs))
    // A thread that is full is passed by.
    newestFirst.some(({ group }) => groups.join(seeker.group, group))
  }
}

function canHold(place: SubjectSource, seeker: SubjectSource): boolean {
  return (
    place !== seeker &&
    place.firstMs <= seeker.firstMs &&
    place.lastMs >= seeker.firstMs - MAX_REST_MS &&
    [...seeker.correspondents].some((correspondent) => place.correspondents.has(correspondent))
  )
}
