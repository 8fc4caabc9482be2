import type { ImapFlow } from 'imapflow'
import { ServerRefusal } from '../refusal.ts'
import { ConnectionLost } from '../wire/line-stream.ts'

/** A message as it is put into a mailbox. */
export interface AppendedMessage {
  /** Complete, with CRLF line ends. */
  readonly source: Buffer
  /** System flags and keywords, as on the wire: `\Seen`. */
  readonly flags: readonly string[]
  /** When it counts as received. To the second. */
  readonly internalDate: Date
}

/**
 * What is changed at a mail server: copies of sent messages, and the mailbox for them where there is none (docs/adr/0026). Apart from the session, which
 * reads only. Spoken by the library: a literal waits for the server's word. Each command has a deadline that destroys the connection. All methods throw MailFault.
 */
export interface MailboxWriter {
  /**
   * APPEND. When it throws and the session is still usable, the server refused and nothing is stored; when it is not, nobody can tell: search for the
   * message before it is appended again.
   */
  append(path: string, message: AppendedMessage): Promise<void>
  /** CREATE among the account's own mailboxes, and SUBSCRIBE. One that is there already is left alone. @returns its whole name */
  create(name: string): Promise<string>
}

/** Runs one command under a deadline: a `content` command carries a message. */
export type RunCommand = <T>(kind: 'command' | 'content', command: (client: ImapFlow) => Promise<T>) => Promise<T>

/** @param personalPrefix of the account's own namespace (RFC 2342): `INBOX.`, or nothing */
export function createMailboxWriter(run: RunCommand, personalPrefix: string): MailboxWriter {
  return {
    append: async (path, { source, flags, internalDate }) =>
      run('content', async (flow) => {
        refuseTooLarge(flow, source)
        const answer = await flow.append(path, source, [...flags], internalDate)
        assertAnswered(answer)
      }),
    create: async (name) =>
      run('command', async (flow) => {
        const path = `${personalPrefix}${name}`
        const answer: unknown = await flow.mailboxCreate(path)
        assertAnswered(answer)
        return path
      }),
  }
}

/** APPENDLIMIT (RFC 7889): what is larger is not sent. The library says so by an error that looks like none of a server. */
function refuseTooLarge({ capabilities }: ImapFlow, source: Buffer): void {
  const limit: unknown = capabilities.get('APPENDLIMIT')
  if (typeof limit === 'number' && limit < source.length) {
    throw new ServerRefusal({ responseStatus: 'NO', responseCode: 'TOOBIG', text: `The server takes messages of ${limit} octets at most.` })
  }
}

/** The library says nothing, or `false`, of a connection that was gone before. */
function assertAnswered(answer: unknown): void {
  if (answer === undefined || answer === false) {
    throw new ConnectionLost('The connection was lost before the command was sent.')
  }
}
