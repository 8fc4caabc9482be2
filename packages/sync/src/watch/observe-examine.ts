import type { ImapSession, ImapWatch } from '@maildock/mail'

/** A session that is being watched over. */
export interface ObservedSession {
  readonly session: ImapSession
  /**
   * The watched mailbox is to be looked at once more: another one is open now, or it was opened twice, the second time for something else than
   * what came meanwhile.
   */
  readonly needsLook: boolean
}

/**
 * The same session, whose EXAMINE tells the watch what a look at its mailbox has seen: news from before it is old, and what comes after it is
 * news, also while the look still goes on.
 */
export function observeExamine(session: ImapSession, watch: ImapWatch, watchedPath: string): ObservedSession {
  let looks = 0
  let needsLook = false
  const examine: ImapSession['examine'] = async (path, known) => {
    looks += path === watchedPath ? 1 : 0
    needsLook = path !== watchedPath || looks > 1
    if (needsLook) {
      return session.examine(path, known)
    }
    watch.beginLook()
    const examined = await session.examine(path, known)
    watch.sawExists(examined.exists)
    return examined
  }
  const observed = new Proxy(session, {
    get: (target, name) => {
      if (name === 'examine') {
        return examine
      }
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return {
    session: observed,
    get needsLook() {
      return needsLook
    },
  }
}
