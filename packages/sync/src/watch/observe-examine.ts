import type { ImapSession, ImapWatch } from '@maildock/mail'

/**
 * The same session, whose EXAMINE tells the watch what a look at the mailbox has seen: news from before it is old, and what comes after it is
 * news, also while the look still goes on.
 */
export function observeExamine(session: ImapSession, watch: ImapWatch): ImapSession {
  const examine: ImapSession['examine'] = async (...input) => {
    watch.beginLook()
    const examined = await session.examine(...input)
    watch.sawExists(examined.exists)
    return examined
  }
  return new Proxy(session, {
    get: (target, name) => {
      if (name === 'examine') {
        return examine
      }
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
