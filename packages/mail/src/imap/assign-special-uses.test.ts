import { describe, expect, it } from 'vitest'
import { assignSpecialUses, type NamedMailbox } from './assign-special-uses.ts'

const mailbox = (path: string, ...flags: string[]): NamedMailbox => ({ path, delimiter: '/', flags: new Set(flags) })

function uses(mailboxes: readonly NamedMailbox[], believesServer = true): Record<string, string> {
  return Object.fromEntries([...assignSpecialUses(mailboxes, believesServer)].map(([{ path }, use]) => [path, use]))
}

describe('a special use', () => {
  it('is what the server says, in any case', () => {
    expect(uses([mailbox('INBOX'), mailbox('x', '\\SENT'), mailbox('y', '\\HasNoChildren', '\\Trash')])).toEqual({
      INBOX: '\\Inbox',
      x: '\\Sent',
      y: '\\Trash',
    })
  })

  it('is what the name says where the server does not', () => {
    expect(uses([mailbox('Gesendet'), mailbox('Papierkorb', '\\Junk'), mailbox('INBOX/Entwürfe')], false)).toEqual({
      Gesendet: '\\Sent',
      Papierkorb: '\\Trash',
      'INBOX/Entwürfe': '\\Drafts',
    })
  })

  it('is one for each mailbox, and each has one mailbox: who is told before who is named, and that before who is guessed', () => {
    expect(uses([mailbox('Sent'), mailbox('mine', '\\Sent'), mailbox('Sent Items')])).toEqual({ mine: '\\Sent' })
    expect(uses([mailbox('My Sent'), mailbox('deep/in/Sent')])).toEqual({ 'deep/in/Sent': '\\Sent' })
  })

  it('is that of the one higher in the tree, then of the first by name', () => {
    expect(uses([mailbox('Archive/Sent'), mailbox('b', '\\Junk'), mailbox('a', '\\Junk'), mailbox('Sent')])).toEqual({
      Sent: '\\Sent',
      a: '\\Junk',
    })
  })

  it('is none for the name of what is not there any more', () => {
    expect(uses([mailbox('Sent', '\\NONEXISTENT'), mailbox('INBOX', '\\NonExistent'), mailbox('Gesendet')])).toEqual({ Gesendet: '\\Sent' })
    expect(uses([mailbox('Sent', '\\NonExistent', '\\Sent')])).toEqual({ Sent: '\\Sent' })
  })

  it('goes by the whole name where there are no levels', () => {
    const flat: NamedMailbox = { path: 'a/Sent', delimiter: null, flags: new Set() }
    expect(uses([flat])).toEqual({})
  })
})
