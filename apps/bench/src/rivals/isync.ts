import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inheritedEnv } from '../maildock/start-maildock.ts'
import { runToEnd } from '../processes/running-process.ts'
import type { ImapWireSettings } from './imap-wire.ts'

export interface IsyncOptions extends ImapWireSettings {
  readonly caFile: string
  /** For its configuration and its Maildir. */
  readonly folder: string
}

/** isync with its defaults (fsync on), one mailbox, into a Maildir. */
export interface Isync {
  /** Pulls INBOX; what was pulled before is compared, as always. Gives the seconds the program ran. */
  pull(): Promise<number>
  /** Forgets everything: the next pull is a first one. */
  clear(): Promise<void>
}

const DEADLINE_MS = 1_800_000

/** Needs Debian's package `isync`. Nothing is written before it pulls. */
export function createIsync(options: IsyncOptions): Isync {
  const { folder } = options
  const config = join(folder, 'mbsyncrc')
  return {
    pull: async () => {
      await mkdir(join(folder, 'mail'), { recursive: true })
      await writeFile(config, renderConfig(options), { mode: 0o600 })
      const startedAt = performance.now()
      await runToEnd({ command: 'mbsync', args: ['-q', '-c', config, 'bench'], env: inheritedEnv(), cwd: folder, deadlineMs: DEADLINE_MS })
      return (performance.now() - startedAt) / 1000
    },
    clear: async () => rm(folder, { recursive: true, force: true }),
  }
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
