import type { SyncProgress } from '@maildock/client'
import { describe, expect, it } from 'vitest'
import { listTroubles } from './list-troubles.ts'

function progressOf(...codes: readonly (string | null)[]): SyncProgress {
  const mailboxes = codes.map((code, index) => ({
    mailboxId: `m${index}`,
    path: `Box ${index}`,
    messagesDone: 0,
    messagesExpected: 0,
    syncError: code === null ? null : { code, message: `About ${code}.`, nextAttemptAt: null },
  }))
  return { accountId: 'a', messagesDone: 0, messagesExpected: 0, mailboxes }
}

describe('listTroubles', () => {
  it.each([
    ['nothing is known yet', undefined],
    ['all can be read', progressOf(null, null)],
  ])('is empty while %s', (_what, progress) => {
    expect(listTroubles(progress).lines).toEqual([])
  })

  it('names the one that cannot be read', () => {
    expect(listTroubles(progressOf(null, 'sync.permission_denied'))).toEqual({
      title: 'One mailbox cannot be read',
      lines: [{ path: 'Box 1', message: 'About sync.permission_denied.', code: 'sync.permission_denied' }],
    })
  })

  it('counts several, and names the first three', () => {
    expect(listTroubles(progressOf('a', 'b')).title).toBe('2 mailboxes cannot be read')
    const many = listTroubles(progressOf('a', 'b', null, 'c', 'd'))
    expect(many.title).toBe('4 mailboxes cannot be read, among them')
    expect(many.lines.map(({ path }) => path)).toEqual(['Box 0', 'Box 1', 'Box 3'])
  })
})
