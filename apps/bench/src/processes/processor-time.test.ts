import { describe, expect, it } from 'vitest'
import type { ProcessFacts } from './process-tree.ts'
import { roleOf, spentBetween } from './processor-time.ts'

const facts = (pid: number, command: string, cpuSeconds: number): ProcessFacts => ({
  pid,
  parent: 1,
  command,
  residentMegabytes: 1,
  peakMegabytes: 1,
  proportionalMegabytes: null,
  cpuSeconds,
})

describe('processor time', () => {
  it.each([
    ['node /srv/apps/maildock/src/main.ts work', 'work'],
    ['node --cpu-prof /srv/apps/maildock/src/main.ts up --demo', 'up'],
    ['postgres: maildock maildock 127.0.0.1(4711) COMMIT', 'postgres'],
    ['/opt/bin/postgres -D /var/data', 'postgres'],
    ['/usr/sbin/dovecot -F', 'dovecot'],
    ['dovecot/imap [owner 127.0.0.1 IDLE]', 'dovecot'],
    ['/usr/lib/postfix/sbin/master -d', 'master'],
  ])('of "%s" is told as %s', (command, role) => {
    expect(roleOf({ command })).toBe(role)
  })

  it('counts what was spent between two looks, new processes in full', () => {
    const before = [facts(1, 'main.ts work', 2), facts(2, 'main.ts up', 1)]
    const after = [facts(1, 'main.ts work', 3.5), facts(2, 'main.ts up', 1), facts(3, 'postgres: writer', 0.25)]
    expect(Object.fromEntries(spentBetween(before, after))).toEqual({ work: 1.5, up: 0, postgres: 0.25 })
  })
})
