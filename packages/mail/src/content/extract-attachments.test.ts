import { describe, expect, it } from 'vitest'
import { listHardMail } from '../../test/fixture/hard-mail/list-hard-mail.ts'
import { composeMessage } from '../submission/compose-message.ts'
import { extractAttachments } from './extract-attachments.ts'
import { parseMessage } from './parse-message.ts'

const lines = (...text: readonly string[]): Buffer => Buffer.from(text.join('\r\n'), 'latin1')
const ALL_OCTETS = Buffer.from(Uint8Array.from({ length: 256 }, (_value, index) => index))

describe('extractAttachments', () => {
  it('gives the octets as they were attached, with their names, types and identifiers', async () => {
    const { source } = await composeMessage({
      messageIdHeader: '<1@maildock.test>',
      date: new Date(0),
      from: { address: 'ada@maildock.test' },
      to: [{ address: 'grace@maildock.test' }],
      cc: [],
      bcc: [],
      subject: 'Files',
      text: 'Here.',
      html: '<p>Here: <img src="cid:logo@1"></p>',
      attachments: [
        { filename: 'logo.png', content: ALL_OCTETS, contentId: 'logo@1' },
        { filename: 'Übersicht 2026.pdf', content: Buffer.from('%PDF'), contentType: 'application/pdf' },
        { filename: 'empty.txt', content: Buffer.alloc(0) },
      ],
      headers: [],
      references: [],
    })
    expect(
      extractAttachments(source).map(({ part: _part, content, ...rest }) => ({ ...rest, content: content.toString('latin1') })),
    ).toEqual([
      { filename: 'logo.png', contentType: 'image/png', contentId: 'logo@1', content: ALL_OCTETS.toString('latin1') },
      { filename: 'Übersicht 2026.pdf', contentType: 'application/pdf', contentId: null, content: '%PDF' },
      { filename: 'empty.txt', contentType: 'text/plain', contentId: null, content: '' },
    ])
  })

  it('gives a message within the message as it stands, and nothing of what is in it', () => {
    const source = lines(
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      '',
      'text',
      '--b',
      'Content-Type: message/rfc822',
      '',
      'Subject: inner',
      'Content-Type: multipart/mixed; boundary=c',
      '',
      '--c',
      'Content-Disposition: attachment; filename=deep.txt',
      '',
      'deep',
      '--c--',
      '--b--',
      '',
    )
    const [only, ...others] = extractAttachments(source)
    expect([only?.contentType, others]).toEqual(['message/rfc822', []])
    expect(only?.content.toString()).toMatch(/^Subject: inner\r\n[^]*deep\r\n--c--$/u)
  })

  it('decodes files within the text', () => {
    const source = lines('Subject: old', '', 'Hello', 'begin 644 cat.txt', '#0V%T', '`', 'end', 'bye', '')
    expect(extractAttachments(source)).toMatchObject([{ filename: 'cat.txt', content: Buffer.from('Cat') }])
  })

  it.each(listHardMail().map(({ name, raw }) => [name, raw] as const))(
    'lists what parseMessage lists, with as many octets: %s',
    (_name, raw) => {
      const told = parseMessage(raw).attachments.map(({ part, sizeOctets }) => `${part} ${sizeOctets}`)
      expect(extractAttachments(raw).map(({ part, content }) => `${part} ${content.length}`)).toEqual(told)
    },
  )
})
