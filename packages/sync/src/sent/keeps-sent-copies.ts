import { findMailProvider } from '@maildock/mail'

/** The way in and the way out of an account, as far as copies of what it sends are concerned. */
export interface SentPath {
  readonly imapHost: string
  readonly smtpHost: string
  /** Of the IMAP server, in upper case. */
  readonly capabilities: ReadonlySet<string>
}

/** Hosts of a provider that pass mail on for others, and keep nothing of it: Google Workspace's relay. */
const RELAY = /^smtp-relay\./u

/**
 * Whether what is sent this way is put into the Sent mailbox by the provider: then a copy of ours would be a second one. Google and Microsoft do so for what
 * comes in by their own submission servers; Microsoft with a Message-ID of its own, so that ours could not even be found. Whoever else keeps copies keeps
 * the Message-ID, and is found out by searching. Pure.
 */
export function keepsSentCopies({ imapHost, smtpHost, capabilities }: SentPath): boolean {
  const out = RELAY.test(smtpHost.toLowerCase()) ? null : findMailProvider(smtpHost)
  return (out === 'gmail' && capabilities.has('X-GM-EXT-1')) || (out === 'microsoft' && findMailProvider(imapHost) === 'microsoft')
}
