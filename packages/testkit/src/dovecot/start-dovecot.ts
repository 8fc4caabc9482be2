import { randomBytes } from 'node:crypto'
import { execFile } from 'node:child_process'
import { chmod, chown, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { ServerCertificate } from '../certificates/test-certificates.ts'
import { findFreePorts } from '../process/free-ports.ts'
import { startGuarded, untilListening } from '../process/guarded-process.ts'
import { renderDovecotConfig } from './dovecot-config.ts'
import { rememberSecret } from '../secrets/remembered-secrets.ts'

export interface StartDovecotOptions {
  /** For the names the tests dial. */
  readonly certificate: ServerCertificate
  /** Of every user. Default one of its own. Remembered as a secret. */
  readonly password?: string
  /** Replaces what the server lists (`imap_capability`). Words with a leading + are added instead. */
  readonly capabilities?: string
  /** Appended to the configuration; later settings win. */
  readonly extraConfig?: string
}

/** A private Dovecot on loopback. Any user name exists and has the same password. */
export interface Dovecot extends AsyncDisposable {
  /** STARTTLS. */
  readonly imapPort: number
  /** Implicit TLS. */
  readonly imapsPort: number
  readonly password: string
  /** Configuration, mail and log; removed at the end. */
  readonly folder: string
  /** Unix sockets for an MTA: LMTP delivery and SASL. */
  readonly lmtpSocket: string
  readonly saslSocket: string
  /** Runs doveadm on this instance: the oracle of what a mailbox holds, and a way to change it. Resolves with its output. */
  doveadm(...args: readonly string[]): Promise<string>
  /** Delivers a raw message into a mailbox, at once. Makes the mailbox if need be. */
  deliver(user: string, message: string | Uint8Array, mailbox?: string): Promise<void>
  /** Everything Dovecot has logged. */
  readLog(): Promise<string>
}

const MAIL_UID = 65_534
const MAIL_GID = 65_534
const DOVECOT = '/usr/sbin/dovecot'

const run = promisify(execFile)

/** Starts an instance in a folder of its own. Needs root (Dovecot changes users) and Debian's package `dovecot-imapd`, `dovecot-lmtpd`. */
export async function startDovecot(options: StartDovecotOptions): Promise<Dovecot> {
  const folder = await mkdtemp(join(tmpdir(), 'maildock-dovecot-'))
  const [imapPort = 0, imapsPort = 0] = await findFreePorts(2)
  const password = rememberSecret(options.password ?? `dovecot ${randomBytes(12).toString('hex')}`)
  const configPath = join(folder, 'dovecot.conf')
  await prepareFolder(folder, options.certificate)
  await writeFile(
    configPath,
    renderDovecotConfig({
      folder,
      imapPort,
      imapsPort,
      password,
      uid: MAIL_UID,
      gid: MAIL_GID,
      capabilities: options.capabilities,
      extraConfig: options.extraConfig ?? '',
    }),
  )
  const daemon = startGuarded(folder, [DOVECOT, '-F', '-c', configPath])
  const readLog = (): Promise<string> => readFile(join(folder, 'dovecot.log'), 'utf8')
  try {
    await untilListening(imapPort, daemon)
    await untilListening(imapsPort, daemon)
  } catch (cause) {
    const log = await Promise.allSettled([readLog(), readFile(join(folder, 'daemon.log'), 'utf8')])
    await daemon[Symbol.asyncDispose]()
    throw new Error(`Dovecot did not start: ${log.map((part) => (part.status === 'fulfilled' ? part.value : '')).join('\n')}`, { cause })
  }
  const doveadm = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await run('doveadm', ['-c', configPath, ...args], { maxBuffer: 256 << 20 })
    return stdout
  }
  return {
    imapPort,
    imapsPort,
    password,
    folder,
    lmtpSocket: join(folder, 'run/lmtp'),
    saslSocket: join(folder, 'run/sasl'),
    doveadm,
    deliver: (user, message, mailbox = 'INBOX') => save(configPath, { user, message, mailbox }),
    readLog,
    [Symbol.asyncDispose]: () => daemon[Symbol.asyncDispose](),
  }
}

async function prepareFolder(folder: string, certificate: ServerCertificate): Promise<void> {
  await chmod(folder, 0o755)
  await mkdir(join(folder, 'run'))
  await mkdir(join(folder, 'home'))
  await chown(join(folder, 'home'), MAIL_UID, MAIL_GID)
  await writeFile(join(folder, 'server.crt'), certificate.cert)
  await writeFile(join(folder, 'server.key'), certificate.key, { mode: 0o600 })
}

async function save(configPath: string, what: { user: string; message: string | Uint8Array; mailbox: string }): Promise<void> {
  if (what.mailbox !== 'INBOX') await ensureMailbox(configPath, what.user, what.mailbox)
  const saving = run('doveadm', ['-c', configPath, 'save', '-u', what.user, '-m', what.mailbox])
  saving.child.stdin?.end(what.message)
  await saving
}

async function ensureMailbox(configPath: string, user: string, mailbox: string): Promise<void> {
  const { stdout } = await run('doveadm', ['-c', configPath, 'mailbox', 'list', '-u', user])
  if (!stdout.split('\n').includes(mailbox)) await run('doveadm', ['-c', configPath, 'mailbox', 'create', '-u', user, mailbox])
}
