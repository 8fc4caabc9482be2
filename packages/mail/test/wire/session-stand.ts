import { createTestAuthority, type ServerCertificate } from '@maildock/testkit'
import {
  createEgressPolicy,
  createImapSession,
  MailFault,
  openImapConnection,
  type EgressPolicy,
  type ImapConnection,
  type ImapSession,
} from '../../src/index.ts'
import { startAnsweringServer, type AnsweringServer, type AnsweringServerOptions } from './answering-server.ts'

/** What tests of sessions share: a certificate, and a policy that believes it. */
export interface SessionStand {
  readonly certificate: ServerCertificate
  readonly egress: EgressPolicy
}

export interface OpenedSession extends AsyncDisposable {
  readonly server: AnsweringServer
  readonly connection: ImapConnection
  readonly session: ImapSession
}

const DEADLINES = { commandMs: 1_500, contentMs: 1_500 }

/** A mailbox of three messages. */
export const EXAMINE = '* FLAGS (\\Seen)\r\n* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 11] ok\r\n{tag} OK [READ-ONLY] done\r\n'

export async function createSessionStand(): Promise<SessionStand> {
  const authority = await createTestAuthority()
  return {
    certificate: await authority.issue({ names: ['localhost', '127.0.0.1'] }),
    egress: createEgressPolicy({ allowHosts: ['127.0.0.1/32'], allowPorts: [[1024, 65_535]], extraCa: [authority.caCertificate] }),
  }
}

/** Starts a server with these answers and signs in. */
export async function openSession(
  { certificate, egress }: SessionStand,
  answers: AnsweringServerOptions['answers'],
  { capabilities = '', signal }: { readonly capabilities?: string; readonly signal?: AbortSignal } = {},
): Promise<OpenedSession> {
  const server = await startAnsweringServer({ certificate, answers, capabilities })
  const connection = await openImapConnection(
    { server: { protocol: 'imap', host: '127.0.0.1', port: server.port, tls: 'implicit' }, username: 'u', password: 'p' },
    { egress, deadlineMs: 5_000, signal },
  )
  const session = createImapSession(connection, signal, DEADLINES)
  return {
    server,
    connection,
    session,
    [Symbol.asyncDispose]: async () => {
      await session[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

/** The fault a promise ends with; anything else is thrown on. */
export async function faultOf(promise: Promise<unknown>): Promise<MailFault> {
  return promise.then(
    () => {
      throw new Error('There was no fault.')
    },
    (error: unknown) => {
      if (error instanceof MailFault) {
        return error
      }
      throw error
    },
  )
}
