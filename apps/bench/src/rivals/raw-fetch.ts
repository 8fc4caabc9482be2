import { answerParent } from '../processes/in-own-process.ts'
import { openImapWire, type ImapWireSettings } from './imap-wire.ts'

export interface RawFetchSettings extends ImapWireSettings {
  /** The items of one `UID FETCH 1:*`. */
  readonly items: string
}

/** What the wire and the server allow: everything is read and thrown away. Gives the seconds from connect to the end. */
await answerParent(async (settings: RawFetchSettings) => {
  const startedAt = performance.now()
  await using wire = await openImapWire(settings)
  await wire.command('EXAMINE INBOX')
  await wire.command(`UID FETCH 1:* ${settings.items}`)
  return (performance.now() - startedAt) / 1000
})
