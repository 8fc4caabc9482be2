import { openParser, type Parser } from '@maildock/mail'
import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeLongMail, composeMail } from '../fixture/compose-mail.ts'
import type { DatedMail } from '../fixture/deliver-dated.ts'
import { openMailStage, type MailStage } from '../fixture/mail-stage.ts'
import { RUNGS } from '../fixture/rungs.ts'
import { listHeadersAsked, listSourcesAsked, WindowedAccount } from '../fixture/windowed-account.ts'
import { WIRE_LOG_CONFIG } from '../fixture/wire-log.ts'

/** Thirty of 2025, then 130 of 2026: so many that fifty come whole, and the others are listed before their sources come (ADR 0021). */
const MAILS: readonly DatedMail[] = Array.from({ length: 160 }, (_value, index) => ({
  source: composeLongMail(index + 1),
  at: new Date(Date.UTC(index < 30 ? 2025 : 2026, 2, 1, 0, index)),
}))
const FROM_2026 = new Date('2026-01-01T00:00:00Z')
const FROM_APRIL = new Date('2026-04-01T00:00:00Z')
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_value, index) => from + index)
const ascending = (uids: readonly number[]): number[] => uids.toSorted((left, right) => left - right)

/** Does something in the first turn of a pass, before headers are stored; or as soon as the sources of the second turn are there to be read. */
function parserThat(turn: 'lists' | 'completes', act: () => Promise<void>): Parser {
  const parser = openParser({ threads: 1 })
  let listed = false
  return {
    ...parser,
    parseHeaders: async (headers) => {
      await (turn === 'lists' ? act() : null)
      listed = true
      return parser.parseHeaders(headers)
    },
    parseSources: async (sources) => {
      await (turn === 'completes' && listed ? act() : null)
      return parser.parseSources(sources)
    },
  }
}

describe.each(RUNGS)('short messages on a server with $name', ({ capabilities }) => {
  const database = useTestDatabase()

  it('come whole, however many: each is asked for once, a screenful first', async () => {
    await using stage = await openMailStage(database, { capabilities, extraConfig: WIRE_LOG_CONFIG })
    const mails = MAILS.map(({ at }, index) => ({ source: composeMail(index + 1), at }))
    const box = await WindowedAccount.open(stage, mails, null)
    const commands = await box.look()
    expect(listHeadersAsked(commands)).toEqual([])
    const asked = listSourcesAsked(commands)
    expect(ascending(asked)).toEqual(range(1, 160))
    expect(ascending(asked.slice(0, 50))).toEqual(range(111, 160))
    expect(await box.count()).toEqual({ done: 160, pending: 0, outside: 0, expected: 160, drift: 0 })
  })
})

describe.each(RUNGS)('metadata first, and less than everything, on a server with $name', ({ capabilities }) => {
  const database = useTestDatabase()
  let stage: MailStage
  beforeAll(async () => {
    stage = await openMailStage(database, { capabilities, extraConfig: WIRE_LOG_CONFIG })
  })
  afterAll(async () => stage[Symbol.asyncDispose]())

  /** Everything in the window is listed, and eighty sources are still to come: the process stopped there. */
  async function openListed(): Promise<WindowedAccount> {
    const box = await WindowedAccount.open(stage, MAILS, FROM_2026)
    const stopping = new AbortController()
    await using parser = parserThat('completes', async () => {
      stopping.abort(new Error('stop'))
      stopping.signal.throwIfAborted()
    })
    await box.look({ parser, signal: stopping.signal })
    expect(await box.count()).toEqual({ done: 130, pending: 80, outside: 30, expected: 130, drift: 0 })
    expect(await box.countSources()).toBe(50)
    return box
  }

  it('both turns keep to the window', async () => {
    const box = await WindowedAccount.open(stage, MAILS, FROM_2026)
    const commands = await box.look()
    expect(await box.count()).toEqual({ done: 130, pending: 0, outside: 30, expected: 130, drift: 0 })
    expect(ascending(listHeadersAsked(commands))).toEqual(range(31, 110))
    expect(ascending(listSourcesAsked(commands))).toEqual(range(31, 160))
    expect(listSourcesAsked(await box.look())).toEqual([])
  })

  it('cut between the turns: the second one goes on within the window', async () => {
    const box = await openListed()
    const commands = await box.look()
    expect(listHeadersAsked(commands)).toEqual([])
    expect(ascending(listSourcesAsked(commands))).toEqual(range(31, 110))
    expect(await box.count()).toEqual({ done: 130, pending: 0, outside: 30, expected: 130, drift: 0 })
  })

  it('narrowed between the turns: the sources of what is listed come all the same', async () => {
    const box = await openListed()
    await box.limit(FROM_APRIL)
    await box.look()
    expect(await box.count()).toEqual({ done: 130, pending: 0, outside: 30, expected: 130, drift: 0 })
    expect(await box.countSources()).toBe(130)
  })

  it('widened between the turns: what is older is listed before any more sources come', async () => {
    const box = await openListed()
    const ids = await box.ids()
    await box.limit(null)
    const commands = await box.look()
    expect(ascending(listHeadersAsked(commands))).toEqual(range(1, 30))
    expect(ascending(listSourcesAsked(commands))).toEqual(range(1, 110))
    expect(findLastHeader(commands)).toBeLessThan(findFirstSource(commands))
    expect(await box.count()).toEqual({ done: 160, pending: 0, outside: 0, expected: 160, drift: 0 })
    expect(await box.ids()).toEqual(expect.arrayContaining(ids))
  })

  it('widened when all is whole: what is older is listed first, and no source comes twice', async () => {
    const box = await WindowedAccount.open(stage, MAILS, FROM_APRIL)
    await box.receive({ source: composeMail(161), at: new Date('2026-04-02T00:00:00Z') })
    await box.look()
    expect(await box.count()).toEqual({ done: 1, pending: 0, outside: 160, expected: 1, drift: 0 })
    await box.limit(null)
    await box.receive({ source: composeMail(162), at: new Date('2026-04-03T00:00:00Z') })
    const commands = await box.look()
    expect(ascending(listHeadersAsked(commands))).toEqual(range(1, 160))
    expect(ascending(listSourcesAsked(commands))).toEqual([...range(1, 160), 162])
    expect(await box.count()).toEqual({ done: 162, pending: 0, outside: 0, expected: 162, drift: 0 })
    expect(await box.countSources()).toBe(162)
    expect(await box.ids()).toHaveLength(162)
  })

  it('widened where nothing was in the window: it is as at first', async () => {
    const box = await WindowedAccount.open(stage, MAILS, FROM_APRIL)
    await box.look()
    expect(await box.count()).toEqual({ done: 0, pending: 0, outside: 160, expected: 0, drift: 0 })
    await box.limit(null)
    const commands = await box.look()
    expect(ascending(listHeadersAsked(commands))).toEqual(range(1, 110))
    expect(ascending(listSourcesAsked(commands))).toEqual(range(1, 160))
    expect(await box.count()).toEqual({ done: 160, pending: 0, outside: 0, expected: 160, drift: 0 })
  })

  it('left out between the turns: no sources come; taken in again, all of them do', async () => {
    const box = await WindowedAccount.open(stage, MAILS.slice(0, 60), null)
    await stage.dovecot.doveadm('mailbox', 'create', '-u', box.account.user, 'Lists')
    await stage.dovecot.doveadm('move', '-u', box.account.user, 'Lists', 'mailbox', 'INBOX', 'ALL')
    await using parser = parserThat('lists', async () => box.choose('Lists', false))
    expect(listSourcesAsked(await box.look({ parser }))).toEqual([])
    const listed = { done: 60, pending: 60, outside: 0, expected: 60, drift: 0 }
    expect(await box.count('Lists')).toEqual(listed)
    const ids = await box.ids()
    const commands = await box.look()
    expect(commands.filter((command) => command.includes('Lists'))).toEqual([])
    expect(await box.count('Lists')).toEqual(listed)
    await box.choose('Lists', true)
    expect(ascending(listSourcesAsked(await box.look()))).toEqual(range(1, 60))
    expect(await box.count('Lists')).toEqual({ ...listed, pending: 0 })
    expect(await box.ids()).toEqual(ids)
  })
})

const findLastHeader = (commands: readonly string[]): number => commands.findLastIndex((command) => command.includes('BODY.PEEK[HEADER]'))
const findFirstSource = (commands: readonly string[]): number => commands.findIndex((command) => command.includes('BODY.PEEK[]'))
