import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createTestAuthority, startDovecot, startPostfix, type Dovecot, type Postfix, type ServerCertificate } from '@maildock/testkit'
import type { ImapWireSettings } from '../rivals/imap-wire.ts'
import { createTemporaryFolder } from '../processes/temporary-folder.ts'

export const MAIL_HOST = 'localhost'

/** A private Dovecot and Postfix on loopback, and the settings that let the product dial them. */
export interface MailServers {
  readonly dovecot: Dovecot
  readonly postfix: Postfix
  readonly caCertificate: string
  readonly caFile: string
  /** What Dovecot proves itself with: for a relay in front of it. */
  readonly certificate: ServerCertificate
  readonly env: Readonly<Record<string, string>>
}

/** The name of the user and whether it idles, in what `ps` shows of each connection; and more of them than the testkit needs. */
const DOVECOT_SETTINGS = `
verbose_proctitle = yes
service imap {
  process_limit = 12000
}
`

/** Starts both; needs root and Debian's packages dovecot-imapd, dovecot-lmtpd and postfix. Stopped with the stack. */
export async function startMailServers(resources: AsyncDisposableStack): Promise<MailServers> {
  const authority = await createTestAuthority()
  const certificate = await authority.issue({ names: [MAIL_HOST, '127.0.0.1'] })
  const dovecot = resources.use(await startDovecot({ certificate, extraConfig: DOVECOT_SETTINGS }))
  const postfix = resources.use(await startPostfix({ certificate, dovecot, deliver: 'discard' }))
  const caFile = join(await createTemporaryFolder(resources, 'ca'), 'ca.pem')
  await writeFile(caFile, authority.caCertificate)
  return {
    dovecot,
    postfix,
    caCertificate: authority.caCertificate,
    caFile,
    certificate,
    env: {
      MAIL_ALLOW_HOSTS: MAIL_HOST,
      MAIL_ALLOW_PORTS: [dovecot.imapsPort, postfix.submissionPort].join(','),
      MAIL_CA_FILE: caFile,
    },
  }
}

/** A body that connects a mailbox on these servers: IMAP with implicit TLS, submission with STARTTLS. */
export function connectBody({ dovecot, postfix }: MailServers, username: string): Readonly<Record<string, unknown>> {
  return {
    email: username,
    username,
    password: dovecot.password,
    imap_host: MAIL_HOST,
    imap_port: dovecot.imapsPort,
    imap_tls: 'implicit',
    smtp_host: MAIL_HOST,
    smtp_port: postfix.submissionPort,
    smtp_tls: 'starttls',
  }
}

/** The same mailbox for clients that are no product of ours. */
export function toWireSettings({ dovecot, caCertificate }: MailServers, username: string): ImapWireSettings {
  return { host: MAIL_HOST, port: dovecot.imapsPort, ca: caCertificate, username, password: dovecot.password }
}
