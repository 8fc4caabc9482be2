import { MaildockError, type Uuid } from '@maildock/core'

/** Open live streams of one user: a browser allows six connections to a host over HTTP/1.1, and a person has some browsers. */
const MAX_WATCHES_PER_USER = 20
const RETRY_AFTER_SECONDS = 10

/** Bounds how many live streams one user holds open in this process. */
export interface WatchSlots {
  /** Dispose it when the stream ends. @throws MaildockError rate.limited */
  take(userId: Uuid): Disposable
}

export function createWatchSlots(maxPerUser = MAX_WATCHES_PER_USER): WatchSlots {
  const open = new Map<Uuid, number>()
  return {
    take: (userId) => {
      const count = open.get(userId) ?? 0
      if (count >= maxPerUser) {
        throw new MaildockError('rate.limited', { retryAfterSeconds: RETRY_AFTER_SECONDS })
      }
      open.set(userId, count + 1)
      let held = true
      return {
        [Symbol.dispose]: () => {
          if (!held) return
          held = false
          const left = (open.get(userId) ?? 1) - 1
          if (left > 0) open.set(userId, left)
          else open.delete(userId)
        },
      }
    },
  }
}
