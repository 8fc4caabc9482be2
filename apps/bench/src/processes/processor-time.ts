import type { ProcessFacts } from './process-tree.ts'

/** What a process is, as people call it. */
export function roleOf({ command }: Pick<ProcessFacts, 'command'>): string {
  const maildock = /main\.ts (\S+)/u.exec(command)?.[1]
  if (maildock !== undefined) return maildock
  if (command.includes('express-pg-server.ts')) return 'express-pg'
  if (/\bpostgres\b/u.test(command)) return 'postgres'
  if (/^(?:\/usr\/sbin\/)?dovecot\b/u.test(command)) return 'dovecot'
  return command.split(' ')[0]?.split('/').at(-1) ?? ''
}

/** Processor time in seconds spent between two looks at the same processes, by role. Processes that are new count in full. */
export function spentBetween(before: readonly ProcessFacts[], after: readonly ProcessFacts[]): ReadonlyMap<string, number> {
  const earlier = new Map(before.map(({ pid, cpuSeconds }) => [pid, cpuSeconds]))
  const spent = new Map<string, number>()
  for (const facts of after) {
    const role = roleOf(facts)
    spent.set(role, (spent.get(role) ?? 0) + facts.cpuSeconds - (earlier.get(facts.pid) ?? 0))
  }
  return spent
}
