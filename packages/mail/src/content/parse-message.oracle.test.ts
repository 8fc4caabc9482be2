import * as fc from 'fast-check'
import PostalMime from 'postal-mime'
import { describe, expect, it } from 'vitest'
import { parseMessage } from './parse-message.ts'

/** A part of a well-formed message, and what a reader must find in it. */
interface Part {
  readonly source: string
  readonly attachments: readonly string[]
}

const NEWLINE = '\r\n'
const word = fc.stringMatching(/^[a-z]{1,12}$/u)
const line = fc
  .array(fc.oneof(word, fc.constantFrom('grün', 'Ολα', '日本', '=', '.', '--')), { minLength: 1, maxLength: 8 })
  .map((words) => words.join(' '))
const body = fc.array(line, { minLength: 1, maxLength: 6 }).map((lines) => lines.join(NEWLINE))

/** One octet a character, so that the whole message can be written as Latin-1 and keeps its octets. */
const octetsOf = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

const encodings: Readonly<Record<string, (text: string) => string>> = {
  '8bit': octetsOf,
  base64: (text) =>
    Buffer.from(text, 'utf8')
      .toString('base64')
      .replaceAll(/(.{76})/gu, `$1${NEWLINE}`),
  'quoted-printable': (text) =>
    octetsOf(text).replaceAll(/[^\r\n -<>-~]/gu, (octet) => `=${(octet.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(2, '0')}`),
}

const encoding = fc.constantFrom(...Object.keys(encodings))

function writeLeaf(type: string, extra: readonly string[], name: string, text: string): string {
  const fields = [`Content-Type: ${type}`, `Content-Transfer-Encoding: ${name}`, ...extra]
  return [...fields, '', encodings[name]?.(text) ?? text].join(NEWLINE)
}

const textPart: fc.Arbitrary<Part> = fc
  .tuple(fc.constantFrom('plain', 'html'), encoding, body)
  .map(([subtype, name, text]) => ({ source: writeLeaf(`text/${subtype}; charset=utf-8`, [], name, text), attachments: [] }))

const attachmentPart: fc.Arbitrary<Part> = fc.tuple(word, encoding, body).map(([name, transfer, text]) => ({
  source: writeLeaf(`application/pdf; name="${name}.pdf"`, [`Content-Disposition: attachment; filename="${name}.pdf"`], transfer, text),
  attachments: [`application/pdf ${name}.pdf`],
}))

const part: fc.Arbitrary<Part> = fc.letrec<{ part: Part; multipart: Part }>((tie) => ({
  part: fc.oneof({ maxDepth: 3, depthIdentifier: 'mime' }, textPart, attachmentPart, tie('multipart')),
  multipart: fc
    .tuple(fc.uuid(), fc.constantFrom('mixed', 'related'), fc.array(tie('part'), { minLength: 1, maxLength: 4, depthIdentifier: 'mime' }))
    .map(([boundary, subtype, parts]) => ({
      source: [
        `Content-Type: multipart/${subtype}; boundary="${boundary}"`,
        '',
        'This is a message in parts.',
        ...parts.flatMap(({ source }) => [`--${boundary}`, source]),
        `--${boundary}--`,
        '',
      ].join(NEWLINE),
      attachments: parts.flatMap(({ attachments }) => attachments),
    })),
})).part

const message = fc.record({ subject: line, root: part }).map(({ subject, root }) => ({
  subject,
  attachments: root.attachments,
  raw: Buffer.from(
    `From: a@b.example${NEWLINE}Subject: =?utf-8?B?${Buffer.from(subject, 'utf8').toString('base64')}?=${NEWLINE}${root.source}`,
    'latin1',
  ),
}))

const words = (text: string | null | undefined): string => (text ?? '').replaceAll(/\s+/gu, ' ').trim()

describe('beside another reader', () => {
  it('finds the same subject, attachments and text in any well-formed message', async () => {
    await fc.assert(
      fc.asyncProperty(message, async ({ subject, attachments, raw }) => {
        const ours = parseMessage(raw)
        const theirs = await PostalMime.parse(raw)
        expect(ours.subject).toBe(subject)
        expect(ours.subject).toBe(theirs.subject)
        expect(ours.attachments.map(({ contentType, filename }) => `${contentType} ${filename}`)).toEqual(attachments)
        expect(theirs.attachments.map(({ mimeType, filename }) => `${mimeType} ${filename}`)).toEqual(attachments)
        // With HTML in it, both make a text of their own.
        expect(ours.html === null ? words(ours.text) : '').toBe(ours.html === null ? words(theirs.text) : '')
      }),
      { numRuns: 300 },
    )
  })
})
