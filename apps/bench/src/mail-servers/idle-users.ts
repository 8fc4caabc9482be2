import { readdirSync, readFileSync } from 'node:fs'

/** Users of Dovecot with a connection that waits in IDLE, by its own word: what the command lines of its processes show (verbose_proctitle). */
export function listIdleUsers(domain: string): ReadonlySet<string> {
  // Of thousands of processes, and made while others are measured: the threads of node:fs/promises would cost more than the reading.
  const pids = readdirSync('/proc').filter((name) => /^\d+$/u.test(name))
  const users = pids.flatMap((pid) => readIdleUser(readCommand(pid)) ?? [])
  return new Set(users.filter((user) => user.endsWith(`@${domain}`)))
}

/** The user of an IMAP process that idles; null for any other process. */
export function readIdleUser(command: string): string | null {
  return /^dovecot\/imap \[(\S+) [^\]]*\bIDLE\b/u.exec(command)?.[1] ?? null
}

function readCommand(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1')
  } catch (error) {
    // It has ended meanwhile.
    if (error instanceof Error && 'code' in error && ['ENOENT', 'ESRCH'].includes(String(error.code))) return ''
    throw error
  }
}
