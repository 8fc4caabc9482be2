import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '@maildock/core'
import type { Config } from '../config/config-schema.ts'
import type { DataDir } from '../config/data-dir.ts'
import { StartupProblem } from '../startup-problem.ts'
import { superviseProcesses } from '../supervisor.ts'
import { createDemoCertificate } from './demo-certificate.ts'
import { DEMO_ADDRESS } from './demo-mailbox.ts'
import { DEMO_PASSWORD } from './demo-mail-server.ts'
import { DemoReady } from './demo-process.ts'

export interface DemoMailOptions {
  readonly dataDir: DataDir
  readonly config: Config
  readonly logger: Logger
}

/** A running demo mail server, and what it takes to reach it. */
export interface DemoMail extends AsyncDisposable {
  readonly address: string
  readonly password: string
  readonly imapPort: number
  readonly smtpPort: number
  readonly messages: number
  /** The given configuration, with the demo server allowed and its certificate trusted. */
  readonly config: Config
  /** The same for child processes. */
  readonly env: Readonly<Record<string, string>>
}

const IMAP_PORT = 1993
const SMTP_PORT = 1587
const START_TIMEOUT_MS = 20_000

/** Starts the demo mail server in a process of its own, so that its work never delays an answer of the API. */
export async function startDemoMail({ dataDir, config, logger }: DemoMailOptions): Promise<DemoMail> {
  const dir = join(dataDir.path, 'demo')
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const certificate = await createDemoCertificate()
  const caFile = join(dir, 'ca.pem')
  const configuredCa = config.MAIL_CA_FILE === undefined ? '' : await readFile(config.MAIL_CA_FILE, 'utf8')
  await writeFile(caFile, `${configuredCa}\n${certificate.cert}`)

  const { promise: ready, resolve, reject } = Promise.withResolvers<DemoReady>()
  const timer = setTimeout(() => reject(new StartupProblem('The demo mail server does not start; see the log.')), START_TIMEOUT_MS)
  const child = superviseProcesses({
    processes: [
      {
        name: 'demo-mail',
        args: ['demo-mail'],
        env: {
          MAILDOCK_DEMO_DIR: dir,
          MAILDOCK_DEMO_KEY: certificate.key,
          MAILDOCK_DEMO_CERT: certificate.cert,
          MAILDOCK_DEMO_IMAP_PORT: String(IMAP_PORT),
          MAILDOCK_DEMO_SMTP_PORT: String(SMTP_PORT),
        },
      },
    ],
    logger,
    onMessage: (_name, message) => {
      const parsed = DemoReady.safeParse(message)
      if (parsed.success) resolve(parsed.data)
    },
  })
  try {
    const { imapPort, smtpPort, messages } = await ready
    const allowed = {
      MAIL_ALLOW_HOSTS: [...config.MAIL_ALLOW_HOSTS, 'localhost'],
      MAIL_ALLOW_PORTS: [...config.MAIL_ALLOW_PORTS, [imapPort, imapPort] as const, [smtpPort, smtpPort] as const],
      MAIL_CA_FILE: caFile,
    }
    const env = {
      MAIL_ALLOW_HOSTS: allowed.MAIL_ALLOW_HOSTS.join(','),
      MAIL_ALLOW_PORTS: allowed.MAIL_ALLOW_PORTS.map(([from, to]) => `${from}-${to}`).join(','),
      MAIL_CA_FILE: caFile,
    }
    const dispose = (): PromiseLike<void> => child[Symbol.asyncDispose]()
    return {
      address: DEMO_ADDRESS,
      password: DEMO_PASSWORD,
      imapPort,
      smtpPort,
      messages,
      config: { ...config, ...allowed },
      env,
      [Symbol.asyncDispose]: dispose,
    }
  } catch (error) {
    await child[Symbol.asyncDispose]()
    throw error
  } finally {
    clearTimeout(timer)
  }
}
