import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inheritedEnv } from '../maildock/start-maildock.ts'
import { runToEnd } from '../processes/running-process.ts'
import type { ImapWireSettings } from './imap-wire.ts'

export interface IsyncOptions extends ImapWireSettings {
  readonly caFile: string
  /** Emptied before and after. */
  readonly folder: string
}

const DEADLINE_MS = 1_800_000

/** Pulls INBOX into a new Maildir with isync's defaults (fsync on). Gives the seconds the program ran. */
export async function runIsync(options: IsyncOptions): Promise<number> {
  const { folder } = options
  await rm(folder, { recursive: true, force: true })
  await mkdir(join(folder, 'mail'), { recursive: true })
  const config = join(folder, 'mbsyncrc')
  await writeFile(config, renderConfig(options), { mode: 0o600 })
  const startedAt = performance.now()
  await runToEnd({ command: 'mbsync', args: ['-q', '-c', config, 'bench'], env: inheritedEnv(), cwd: folder, deadlineMs: DEADLINE_MS })
  const seconds = (performance.now() - startedAt) / 1000
  await rm(folder, { recursive: true, force: true })
  return seconds
}

function renderConfig({ host, port, username, password, caFile, folder }: IsyncOptions): string {
  return `IMAPAccount bench
Host ${host}
Port ${port}
User ${username}
Pass "${password}"
SSLType IMAPS
SystemCertificates no
CertificateFile ${caFile}

IMAPStore far
Account bench

MaildirStore near
Path ${folder}/mail/
Inbox ${folder}/mail/INBOX
SubFolders Verbatim

Channel bench
Far :far:
Near :near:
Patterns INBOX
Create Near
Sync Pull
SyncState *
`
}
