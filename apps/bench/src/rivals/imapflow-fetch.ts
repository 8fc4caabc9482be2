import { ImapFlow } from 'imapflow'
import { answerParent } from '../processes/in-own-process.ts'
import type { ImapWireSettings } from './imap-wire.ts'

/** What the library allows with nothing done to the messages: all fields and the source of each. Gives the seconds from connect on. */
await answerParent(async ({ host, port, ca, username, password }: ImapWireSettings) => {
  const startedAt = performance.now()
  const client = new ImapFlow({ host, port, secure: true, auth: { user: username, pass: password }, tls: { ca }, logger: false })
  await client.connect()
  await client.mailboxOpen('INBOX', { readOnly: true })
  const query = { uid: true, flags: true, internalDate: true, size: true, envelope: true, bodyStructure: true, source: true }
  let messages = 0
  for await (const message of client.fetch('1:*', query)) messages += message.source === undefined ? 0 : 1
  const seconds = (performance.now() - startedAt) / 1000
  await client.logout()
  if (messages === 0) throw new Error('imapflow was given no message.')
  return seconds
})
