import type { ImapSession, ImapWatch } from '@maildock/mail'
import { describe, expect, it } from 'vitest'
import { observeExamine, type ObservedSession } from './observe-examine.ts'

interface Stand {
  readonly observed: ObservedSession
  /** What the watch was told. */
  readonly told: string[]
}

function watchInbox(): Stand {
  const told: string[] = []
  const session: Pick<ImapSession, 'examine'> = {
    examine: async (path) => ({ path, uidValidity: 7n, uidNext: 4, exists: 3, highestModseq: null, changes: null }),
  }
  const watch: Pick<ImapWatch, 'beginLook' | 'sawExists'> = {
    beginLook: () => void told.push('look'),
    sawExists: (exists) => void told.push(`saw ${exists}`),
  }
  return { observed: observeExamine(session as ImapSession, watch as ImapWatch, 'INBOX'), told }
}

async function open({ observed }: Stand, ...paths: readonly string[]): Promise<void> {
  for (const path of paths) await observed.session.examine(path)
}

describe('observeExamine', () => {
  it.each<[string, readonly string[], boolean]>([
    ['nothing was opened: the watched mailbox is still open', [], false],
    ['it was opened once, and last', ['Sent', 'INBOX'], false],
    ['another one is open now', ['INBOX', 'Sent'], true],
    ['it was opened again, for its sources: what came in between was not looked for', ['INBOX', 'Sent', 'INBOX'], true],
  ])('a look is needed or not: %s', async (_what, paths, needsLook) => {
    const stand = watchInbox()
    await open(stand, ...paths)
    expect(stand.observed.needsLook).toBe(needsLook)
  })

  it('tells the watch of the first opening of its mailbox, and of no other: news that came after it stays news', async () => {
    const stand = watchInbox()
    await open(stand, 'Sent', 'INBOX', 'Archive', 'INBOX')
    expect(stand.told).toEqual(['look', 'saw 3'])
  })
})
