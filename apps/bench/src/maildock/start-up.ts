import { join } from 'node:path'
import { findFreePorts } from '@maildock/testkit'
import type { RunningProcess } from '../processes/running-process.ts'
import { createTemporaryFolder } from '../processes/temporary-folder.ts'
import { SESSION_SECRET } from './session-token.ts'
import { startMaildock } from './start-maildock.ts'

/** How to connect the mailbox of the demo mail server. */
export type DemoBody = Readonly<Record<string, unknown>>

export interface RunningUp {
  readonly url: string
  readonly process: RunningProcess
  readonly demo: DemoBody
}

export interface UpOptions {
  readonly env: Readonly<Record<string, string>>
  /** Folder for CPU profiles of every process and thread. */
  readonly profileDir?: string | undefined
}

/** Starts `maildock up --demo` in a new data folder, as `npm start` does; sessions are shared-secret JWTs. Stopped with the stack. */
export async function startUp(resources: AsyncDisposableStack, { env, profileDir }: UpOptions): Promise<RunningUp> {
  const folder = await createTemporaryFolder(resources, 'data')
  const [port = 0] = await findFreePorts(1)
  const settings = { ...env, DATA_DIR: join(folder, 'data'), PORT: String(port), SESSION_JWT_SECRET: SESSION_SECRET }
  const running = resources.use(startMaildock({ args: ['up', '--demo'], env: settings, profileDir }))
  await running.waitFor(/Ctrl-C stops/u)
  return { url: `http://127.0.0.1:${port}`, process: running, demo: readDemo(running.output()) }
}

function readDemo(summary: string): DemoBody {
  const read = (pattern: RegExp): string => {
    const found = pattern.exec(summary)?.[1]
    if (found === undefined) throw new Error(`No ${String(pattern)} in the summary:\n${summary}`)
    return found
  }
  const address = read(/E-mail and user name\s+(\S+)/u)
  return {
    email: address,
    username: address,
    password: read(/^\s+Password\s+(\S+)/mu),
    imap_host: 'localhost',
    imap_port: Number(read(/IMAP\s+localhost, port (\d+)/u)),
    imap_tls: 'implicit',
    smtp_host: 'localhost',
    smtp_port: Number(read(/SMTP\s+localhost, port (\d+)/u)),
    smtp_tls: 'starttls',
  }
}
