import { once } from 'node:events'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import type { AddressInfo, Server } from 'node:net'
import { join } from 'node:path'
import { callbackify } from 'node:util'
import hoodiecrow, { type HoodiecrowMailbox, type HoodiecrowServer } from 'hoodiecrow-imap'
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server'
import { DEMO_ADDRESS, type DemoMailbox, planDemoMailboxes } from './demo-mailbox.ts'

export interface DemoMailServerOptions {
  /** Folder that keeps what must stay the same from start to start. */
  readonly dir: string
  readonly certificate: { readonly key: string; readonly cert: string }
  readonly imapPort: number
  readonly smtpPort: number
}

export interface DemoMailServer extends AsyncDisposable {
  readonly messages: number
  readonly imapPort: number
  readonly smtpPort: number
}

export const DEMO_PASSWORD = 'maildock-demo'
const MAX_MESSAGE_OCTETS = 10 * 1024 * 1024
const UID_VALIDITY = 20_260_101

/**
 * A mail server for trying Maildock without an account of one's own: IMAP with IDLE (implicit TLS) and SMTP submission
 * (STARTTLS), on loopback. What is submitted to it arrives in its own INBOX and is kept on disk, so that UIDs never repeat.
 * @throws the system's error when a port is taken.
 */
export async function startDemoMailServer(options: DemoMailServerOptions): Promise<DemoMailServer> {
  await mkdir(join(options.dir, 'delivered'), { recursive: true, mode: 0o700 })
  const mailboxes = planDemoMailboxes(await ensureCreatedAt(options.dir))
  const imap = hoodiecrow({
    plugins: ['ID', 'IDLE', 'STARTTLS', 'SASL-IR', 'AUTH-PLAIN', 'NAMESPACE', 'LITERALPLUS', 'UNSELECT', 'SPECIAL-USE', 'UIDPLUS', 'MOVE'],
    secureConnection: true,
    credentials: options.certificate,
    users: { [DEMO_ADDRESS]: { password: DEMO_PASSWORD } },
    storage: toStorage(mailboxes),
  })
  const delivered = await readDelivered(options.dir)
  for (const message of delivered) imap.appendMessage('INBOX', [], message.date, message.source)
  const smtp = createSubmissionServer(options, imap, delivered.length)
  // It answers in many small pieces; each would wait for the acknowledgement of the one before.
  imap.server.on('secureConnection', (socket) => socket.setNoDelay(true))
  imap.server.on('tlsClientError', () => undefined) // A client that does not trust the certificate is that client's matter.
  smtp.on('error', () => undefined) // Likewise: one broken connection must not end the demo.

  await listen(imap.server, () => imap.listen(options.imapPort, '127.0.0.1', () => undefined))
  await listen(smtp.server, () => smtp.listen(options.smtpPort, '127.0.0.1'))
  return {
    messages: mailboxes.reduce((sum, mailbox) => sum + mailbox.messages.length, delivered.length),
    imapPort: portOf(imap.server),
    smtpPort: portOf(smtp.server),
    async [Symbol.asyncDispose]() {
      imap.server.close()
      await new Promise<void>((resolve) => smtp.close(resolve))
    },
  }
}

async function listen(server: Server, start: () => void): Promise<void> {
  const listening = once(server, 'listening')
  start()
  await listening
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

function toStorage(mailboxes: readonly DemoMailbox[]): Record<string, HoodiecrowMailbox> {
  const root: HoodiecrowMailbox = { separator: '/', type: 'personal', folders: {} }
  const storage: Record<string, HoodiecrowMailbox> = { '': root }
  for (const mailbox of mailboxes) {
    const stored = toStoredMailbox(mailbox)
    if (mailbox.path === 'INBOX') storage['INBOX'] = stored
    else insert(root, mailbox.path.split('/'), stored)
  }
  return storage
}

function toStoredMailbox({ specialUse, messages }: DemoMailbox): HoodiecrowMailbox {
  return {
    uidvalidity: UID_VALIDITY,
    ...(specialUse === null || specialUse === '\\Inbox' ? {} : { 'special-use': specialUse }),
    messages: messages.map(({ uid, flags, internalDate, source }) => ({ uid, flags: [...flags], internaldate: internalDate, raw: source })),
  }
}

function insert(parent: HoodiecrowMailbox, [name, ...rest]: readonly string[], mailbox: HoodiecrowMailbox): void {
  if (name === undefined) return
  parent.folders ??= {}
  const present = parent.folders[name]
  if (rest.length > 0) insert((parent.folders[name] ??= {}), rest, mailbox)
  else parent.folders[name] = { ...mailbox, ...(present?.folders === undefined ? {} : { folders: present.folders }) }
}

function createSubmissionServer(options: DemoMailServerOptions, imap: HoodiecrowServer, alreadyDelivered: number): SMTPServer {
  let count = alreadyDelivered
  async function receive(stream: SMTPServerDataStream): Promise<void> {
    const source = await readBounded(stream)
    if (source === null) throw Object.assign(new Error('Message too large'), { responseCode: 552 })
    count += 1
    const date = new Date()
    const name = `${String(count).padStart(8, '0')}-${date.getTime()}.eml`
    await writeFile(join(options.dir, 'delivered', name), source, { flag: 'wx', mode: 0o600 })
    imap.appendMessage('INBOX', [], date, source.toString('latin1'))
  }
  return new SMTPServer({
    ...options.certificate,
    size: MAX_MESSAGE_OCTETS,
    disabledCommands: [],
    authMethods: ['PLAIN', 'LOGIN'],
    closeTimeout: 1000,
    onAuth(auth, _session, done) {
      const accepted = auth.username === DEMO_ADDRESS && auth.password === DEMO_PASSWORD
      done(
        accepted ? null : Object.assign(new Error('Authentication credentials invalid'), { responseCode: 535 }),
        accepted ? { user: DEMO_ADDRESS } : undefined,
      )
    },
    onData(stream, _session, done) {
      callbackify(receive)(stream, (error: Error | null) => done(error))
    },
  })
}

/** The whole message, or null when it is larger than allowed; the rest is read and dropped, so that the client gets its answer. */
async function readBounded(stream: SMTPServerDataStream): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let octets = 0
  for await (const chunk of stream) {
    octets += (chunk as Buffer).length
    if (octets <= MAX_MESSAGE_OCTETS) chunks.push(chunk as Buffer)
  }
  return octets <= MAX_MESSAGE_OCTETS ? Buffer.concat(chunks) : null
}

async function readDelivered(dir: string): Promise<{ date: Date; source: string }[]> {
  const names = (await readdir(join(dir, 'delivered'))).filter((name) => /^\d{8}-\d+\.eml$/u.test(name)).toSorted()
  return Promise.all(
    names.map(async (name) => ({
      date: new Date(Number(name.slice(9, -4))),
      source: await readFile(join(dir, 'delivered', name), 'latin1'),
    })),
  )
}

/** The moment the demo mail was made: the same from start to start, because dates in its messages count from it. */
async function ensureCreatedAt(dir: string): Promise<Date> {
  const file = join(dir, 'created-at')
  try {
    await writeFile(file, `${new Date().toISOString()}\n`, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  return new Date((await readFile(file, 'utf8')).trim())
}
