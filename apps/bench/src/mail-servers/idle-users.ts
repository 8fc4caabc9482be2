import { readdir, readFile } from 'node:fs/promises'
import { runConcurrently } from '../processes/run-concurrently.ts'

const READERS = 16

/** Users of Dovecot with a connection that waits in IDLE, by its own word: what the command lines of its processes show (verbose_proctitle). */
export async function listIdleUsers(domain: string): Promise<ReadonlySet<string>> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/u.test(name))
  const users = new Set<string>()
  await runConcurrently(pids, READERS, async (pid) => {
    const user = readIdleUser(await readCommand(pid))
    if (user?.endsWith(`@${domain}`) === true) users.add(user)
  })
  return users
}

/** The user of an IMAP process that idles; null for any other process. */
export function readIdleUser(command: string): string | null {
  return /^dovecot\/imap \[(\S+) [^\]]*\bIDLE\b/u.exec(command)?.[1] ?? null
}

async function readCommand(pid: string): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/cmdline`, 'latin1')
  } catch (error) {
    // It has ended meanwhile.
    if (error instanceof Error && 'code' in error && ['ENOENT', 'ESRCH'].includes(String(error.code))) return ''
    throw error
  }
}
