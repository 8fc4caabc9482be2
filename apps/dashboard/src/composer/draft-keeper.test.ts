import { MaildockError, type Draft, type DraftContent, type DraftRevision } from '@maildock/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DraftKeeper, type DraftServer, type KeptState } from './draft-keeper.ts'

const content = (subject: string): DraftContent => ({
  accountId: null,
  to: [],
  cc: [],
  bcc: [],
  subject,
  html: '',
  inReplyToMessage: null,
  forwardOfMessage: null,
})

interface Desk {
  readonly keeper: DraftKeeper
  readonly saved: { draftId: string; revision: number; subject: string }[]
  readonly states: KeptState[]
  fail: MaildockError | null
}

function openDesk(draft: Draft | null = null): Desk {
  let ids = 0
  const desk = { saved: [] as Desk['saved'], states: [] as KeptState[], fail: null as MaildockError | null }
  const server: DraftServer = {
    save: async ({ draftId, revision, content: { subject } }) => {
      if (desk.fail !== null) throw desk.fail
      desk.saved.push({ draftId, revision, subject })
      return { draftId, revision: revision + 1, updatedAt: new Date(0) }
    },
  }
  const keeper = new DraftKeeper({
    server,
    draft,
    initial: content(''),
    newId: () => `id-${(ids += 1)}`,
    onState: (state) => desk.states.push(state),
    delayMs: 1_000,
  })
  return Object.assign(desk, { keeper })
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('a draft that is kept', () => {
  it('is saved a moment after the last change, once', async () => {
    const { keeper, saved, states } = openDesk()
    keeper.change(content('a'))
    await vi.advanceTimersByTimeAsync(900)
    keeper.change(content('ab'))
    await vi.advanceTimersByTimeAsync(900)
    expect(saved).toEqual([])
    await vi.advanceTimersByTimeAsync(100)
    expect(saved).toEqual([{ draftId: 'id-1', revision: 0, subject: 'ab' }])
    expect([states, keeper.isDirty]).toEqual([['unsaved', 'unsaved', 'saving', 'saved'], false])
  })

  it('is not made by who only looks', async () => {
    const { keeper, saved } = openDesk({ draftId: 'd', revision: 4, updatedAt: new Date(0), content: content('a'), attachments: [] })
    keeper.change(content('a'))
    await keeper.flush()
    await vi.advanceTimersByTimeAsync(5_000)
    expect([saved, keeper.state]).toEqual([[], 'saved'])
  })

  it('is made for a file, also before anything is written', async () => {
    const { keeper, saved } = openDesk()
    await keeper.flush()
    expect(saved).toEqual([])
    await keeper.flush(true)
    await keeper.flush(true)
    expect(saved).toEqual([{ draftId: 'id-1', revision: 0, subject: '' }])
  })

  it('follows the revision of every change, also of files', async () => {
    const { keeper, saved } = openDesk()
    keeper.change(content('a'))
    await keeper.flush()
    const file = keeper.run(async (): Promise<DraftRevision> => ({ draftId: 'id-1', revision: 7, updatedAt: new Date(0) }))
    keeper.change(content('b'))
    await Promise.all([file, keeper.flush()])
    expect(saved.map(({ revision }) => revision)).toEqual([0, 7])
  })

  it('says that it could not be saved, and is saved later', async () => {
    const desk = openDesk()
    desk.fail = new MaildockError('client.network', 'x')
    desk.keeper.change(content('a'))
    await vi.advanceTimersByTimeAsync(1_000)
    expect([desk.keeper.state, desk.keeper.isDirty]).toEqual(['failed', true])
    desk.fail = null
    await desk.keeper.flush()
    expect(desk.keeper.state).toBe('saved')
  })

  it('that the server refused can be mended', async () => {
    const desk = openDesk()
    desk.fail = new MaildockError('validation.failed', 'x', { httpStatus: 400 })
    desk.keeper.change(content('too long'))
    await expect(desk.keeper.flush()).rejects.toThrow(MaildockError)
    desk.fail = null
    desk.keeper.change(content('short'))
    await desk.keeper.flush()
    expect(desk.saved).toEqual([{ draftId: 'id-1', revision: 0, subject: 'short' }])
  })

  it('is no conflict with itself after an answer that was lost', async () => {
    const kept = { revision: 0, subject: '' }
    let lose = true
    const server: DraftServer = {
      save: async ({ draftId, revision, content: { subject } }) => {
        const isSame = kept.revision === revision + 1 && kept.subject === subject
        if (!isSame && kept.revision !== revision) throw new MaildockError('draft.changed_meanwhile', 'x', { httpStatus: 409 })
        Object.assign(kept, { revision: revision + 1, subject })
        if (lose) throw new MaildockError('client.network', 'x')
        return { draftId, revision: kept.revision, updatedAt: new Date(0) }
      },
    }
    const keeper = new DraftKeeper({
      server,
      draft: null,
      initial: content(''),
      newId: () => 'id',
      onState: () => undefined,
      delayMs: 1_000,
    })
    keeper.change(content('a'))
    await expect(keeper.flush()).rejects.toThrow(MaildockError)
    lose = false
    keeper.change(content('ab'))
    await keeper.flush()
    expect([kept, keeper.state]).toEqual([{ revision: 2, subject: 'ab' }, 'saved'])
  })

  it.each([
    ['draft.changed_meanwhile', 'conflict'],
    ['draft.not_found', 'gone'],
  ] as const)('is written over nobody: %s', async (code, state) => {
    const desk = openDesk({ draftId: 'd', revision: 4, updatedAt: new Date(0), content: content('a'), attachments: [] })
    desk.fail = new MaildockError(code, 'x', { httpStatus: 409 })
    desk.keeper.change(content('mine'))
    await expect(desk.keeper.flush()).rejects.toThrow(MaildockError)
    expect(desk.keeper.state).toBe(state)
    desk.fail = null
    desk.keeper.change(content('mine too'))
    await vi.advanceTimersByTimeAsync(5_000)
    expect(desk.saved).toEqual([])
    await desk.keeper.saveAsNew()
    expect(desk.saved).toEqual([{ draftId: 'id-1', revision: 0, subject: 'mine too' }])
  })
})
