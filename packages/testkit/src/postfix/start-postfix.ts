import { execFile } from 'node:child_process'
import { chmod, chown, mkdir, mkdtemp, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { ServerCertificate } from '../certificates/test-certificates.ts'
import type { Dovecot } from '../dovecot/start-dovecot.ts'
import { findFreePorts } from '../process/free-ports.ts'
import { startGuarded, untilListening } from '../process/guarded-process.ts'
import { renderPostfixConfig } from './postfix-config.ts'

export interface StartPostfixOptions {
  readonly certificate: ServerCertificate
  /** Knows the users, and takes the mail unless `deliver` says otherwise. */
  readonly dovecot: Pick<Dovecot, 'saslSocket' | 'lmtpSocket'>
  /** `lmtp`: into Dovecot. `discard`: accepted and thrown away. Default `lmtp`. */
  readonly deliver?: 'lmtp' | 'discard'
  /** Appended to main.cf; later settings win. */
  readonly extraConfig?: string
}

/** A private Postfix on loopback: submission for the users of a Dovecot. */
export interface Postfix extends AsyncDisposable {
  /** STARTTLS. */
  readonly submissionPort: number
  /** Implicit TLS. */
  readonly submissionsPort: number
  /** Configuration, queue and log; removed at the end. */
  readonly folder: string
  /** What waits in the queue, one JSON object a line. */
  readQueue(): Promise<string>
  /** Everything Postfix has logged. */
  readLog(): Promise<string>
}

// The master itself and not `postfix start`, which spends seconds on checks of an installation.
const MASTER = '/usr/lib/postfix/sbin/master'
const LONG_AGO = new Date('2020-01-01T00:00:00Z')
const run = promisify(execFile)

/** Starts an instance with a queue of its own. Needs root and Debian's package `postfix`. */
export async function startPostfix(options: StartPostfixOptions): Promise<Postfix> {
  const folder = await mkdtemp(join(tmpdir(), 'maildock-postfix-'))
  const [submissionPort = 0, submissionsPort = 0] = await findFreePorts(2)
  const { main, master } = renderPostfixConfig({
    folder,
    submissionPort,
    submissionsPort,
    saslSocket: options.dovecot.saslSocket,
    lmtpSocket: options.deliver === 'discard' ? null : options.dovecot.lmtpSocket,
    extraConfig: options.extraConfig ?? '',
  })
  await prepareFolder(folder, options.certificate)
  const configFolder = join(folder, 'etc')
  for (const [name, text] of [
    ['main.cf', main],
    ['master.cf', master],
  ] as const) {
    await writeFile(join(configFolder, name), text)
    // Postfix waits until a configuration file is some seconds old before it believes it.
    await utimes(join(configFolder, name), LONG_AGO, LONG_AGO)
  }
  const daemon = startGuarded(folder, [MASTER, '-c', configFolder, '-d'])
  const readLog = (): Promise<string> => readFile(join(folder, 'postfix.log'), 'utf8')
  try {
    await untilListening(submissionPort, daemon)
    await untilListening(submissionsPort, daemon)
  } catch (cause) {
    const log = await Promise.allSettled([readLog(), readFile(join(folder, 'daemon.log'), 'utf8')])
    await daemon[Symbol.asyncDispose]()
    throw new Error(`Postfix did not start: ${log.map((part) => (part.status === 'fulfilled' ? part.value : '')).join('\n')}`, { cause })
  }
  return {
    submissionPort,
    submissionsPort,
    folder,
    readQueue: async () => (await run('postqueue', ['-c', configFolder, '-j'])).stdout,
    readLog,
    [Symbol.asyncDispose]: () => daemon[Symbol.asyncDispose](),
  }
}

const QUEUES = ['active', 'bounce', 'corrupt', 'defer', 'deferred', 'flush', 'hold', 'incoming', 'private', 'saved', 'trace']

async function prepareFolder(folder: string, certificate: ServerCertificate): Promise<void> {
  // The owner of Debian's own data folder is the user Postfix runs as.
  const { uid } = await stat('/var/lib/postfix')
  const { gid: postdrop } = await stat('/var/spool/postfix/maildrop')
  await chmod(folder, 0o755)
  for (const name of ['etc', 'queue', 'queue/pid']) await mkdir(join(folder, name))
  for (const name of ['data', ...QUEUES.map((queue) => `queue/${queue}`)])
    await mkdirOwned(join(folder, name), { uid, gid: 0, mode: 0o700 })
  await mkdirOwned(join(folder, 'queue/public'), { uid, gid: postdrop, mode: 0o710 })
  await mkdirOwned(join(folder, 'queue/maildrop'), { uid, gid: postdrop, mode: 0o730 })
  await writeFile(join(folder, 'server.crt'), certificate.cert)
  await writeFile(join(folder, 'server.key'), certificate.key, { mode: 0o600 })
}

async function mkdirOwned(path: string, owner: { uid: number; gid: number; mode: number }): Promise<void> {
  await mkdir(path)
  await chown(path, owner.uid, owner.gid)
  await chmod(path, owner.mode)
}
