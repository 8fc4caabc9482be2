import { beforeAll, describe, expect, it } from 'vitest'
import { HANG, type AnsweringServerOptions } from './answering-server.ts'
import { createSessionStand, EXAMINE, faultOf, openSession, type OpenedSession, type SessionStand } from './session-stand.ts'

let shared: SessionStand
beforeAll(async () => {
  shared = await createSessionStand()
})

async function open(answers: AnsweringServerOptions['answers'], capabilities = ''): Promise<OpenedSession> {
  return openSession(shared, answers, { capabilities })
}

/** It holds what could be taken for the end of a command, and for the beginning of one. */
const SOURCE = Buffer.from('Subject: copy\r\n\r\nA1 SELECT INBOX\r\nnothing follows {3}\r\n')
/** It is asked what it has, and does not tell. */
const NO_STATUS = { STATUS: '{tag} NO not now\r\n', LIST: '* LIST () "/" INBOX\r\n{tag} OK done\r\n' }
const MESSAGE = { source: SOURCE, flags: [String.raw`\Seen`], internalDate: new Date('2026-01-05T09:08:07Z') }

describe('append', () => {
  it.each(['', 'LITERAL+', 'LITERAL-'])('hands over the octets with their flags and date; %s', async (capability) => {
    await using stand = await open({ APPEND: '{tag} OK [APPENDUID 7 12] done\r\n' }, capability)
    await stand.session.writer.append('Sent Mail', MESSAGE)
    const isAtOnce = capability !== ''
    expect(stand.server.commands.at(-1)).toBe(
      String.raw`APPEND "Sent Mail" (\Seen) " 5-Jan-2026 09:08:07 +0000" {${SOURCE.length}${isAtOnce ? '+' : ''}}`,
    )
    expect(stand.server.literals).toEqual([SOURCE.toString('latin1')])
  })

  it('goes on with commands of both kinds afterwards, also in the mailbox that is open', async () => {
    await using stand = await open({
      ...NO_STATUS,
      EXAMINE,
      APPEND: '* 4 EXISTS\r\n{tag} OK done\r\n',
      'UID SEARCH HEADER': '* SEARCH\r\n{tag} OK done\r\n',
      'UID SEARCH': '* SEARCH 12\r\n{tag} OK done\r\n',
    })
    await stand.session.examine('Sent')
    await stand.session.writer.append('Sent', MESSAGE)
    expect(await stand.session.listUidsByMessageId('<a@b>')).toEqual([])
    await stand.session.writer.append('Sent', MESSAGE)
    expect(await stand.session.getStatus('INBOX')).toBeNull()
    expect([stand.server.literals.length, stand.session.usable]).toEqual([2, true])
  })

  it.each([
    ['TRYCREATE', 'mailbox'],
    ['OVERQUOTA', 'throttle'],
    ['NOPERM', 'permission'],
  ])('refused with %s before the octets leave, it is a fault of class %s, and the session goes on', async (code, faultClass) => {
    await using stand = await open({ 'APPEND ': { refuse: `{tag} NO [${code}] no\r\n` }, ...NO_STATUS })
    expect(await faultOf(stand.session.writer.append('Sent', MESSAGE))).toMatchObject({ class: faultClass })
    expect(await stand.session.getStatus('INBOX')).toBeNull()
    expect([stand.server.literals, stand.session.usable]).toEqual([[], true])
  })

  it('refused after the octets left, leaves the session as it was', async () => {
    await using stand = await open({ APPEND: '{tag} NO [TOOBIG] no\r\n' })
    expect((await faultOf(stand.session.writer.append('Sent', MESSAGE))).serverResponse).toContain('TOOBIG')
    expect(stand.session.usable).toBe(true)
  })

  it('sends nothing that is larger than the server says it takes (RFC 7889)', async () => {
    await using stand = await open({}, 'APPENDLIMIT=20')
    expect((await faultOf(stand.session.writer.append('Sent', MESSAGE))).serverResponse).toContain('20 octets')
    expect(stand.server.commands.some((command) => command.startsWith('APPEND'))).toBe(false)
    expect(stand.session.usable).toBe(true)
  })

  it.each([
    ['hangs up', { cut: '' }],
    ['says nothing', HANG],
  ] as const)('is of no more use when the server %s', async (_what, answer) => {
    await using stand = await open({ APPEND: answer })
    expect(await faultOf(stand.session.writer.append('Sent', MESSAGE))).toMatchObject({ class: 'transient' })
    expect(stand.session.usable).toBe(false)
  })
})

describe('create', () => {
  it('makes a mailbox among the account’s own, and subscribes to it', async () => {
    await using stand = await open(
      {
        NAMESPACE: '* NAMESPACE (("INBOX." ".")) NIL (("shared." "."))\r\n{tag} OK done\r\n',
        LIST: '* LIST () "." INBOX\r\n{tag} OK done\r\n',
      },
      'NAMESPACE',
    )
    expect(await stand.session.writer.create('Sent')).toBe('INBOX.Sent')
    expect(stand.server.commands.slice(-2)).toEqual(['CREATE INBOX.Sent', 'SUBSCRIBE INBOX.Sent'])
  })

  it('leaves one alone that is there already', async () => {
    await using stand = await open({ CREATE: '{tag} NO [ALREADYEXISTS] it is there\r\n' })
    expect(await stand.session.writer.create('Sent')).toBe('Sent')
  })
})

describe('listUidsByMessageId', () => {
  it('asks for the header, and takes what is named', async () => {
    await using stand = await open({ EXAMINE, 'UID SEARCH': '* SEARCH 12 9\r\n{tag} OK done\r\n' })
    await stand.session.examine('Sent')
    expect(await stand.session.listUidsByMessageId('<a.b+c@d>')).toEqual([9, 12])
    expect(stand.server.commands.at(-1)).toBe('UID SEARCH HEADER Message-ID "<a.b+c@d>"')
  })

  it('tells a refusal from an absence', async () => {
    await using stand = await open({ EXAMINE, 'UID SEARCH': '{tag} BAD no such key\r\n' })
    await stand.session.examine('Sent')
    expect(await stand.session.listUidsByMessageId('<a@b>')).toBeNull()
  })

  it.each(['<a"b@c>', '<a\\b@c>', '<a@b>\r\nX1 DELETE INBOX', 'a@b', '<é@b>'])('never asks for %j', async (messageId) => {
    await using stand = await open({ EXAMINE })
    await stand.session.examine('Sent')
    expect(await stand.session.listUidsByMessageId(messageId)).toBeNull()
    expect(stand.server.commands.some((command) => command.includes('SEARCH'))).toBe(false)
  })
})
