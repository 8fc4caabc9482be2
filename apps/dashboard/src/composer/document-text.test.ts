import { describe, expect, it } from 'vitest'
import { writeDocumentText } from './document-text.ts'

const text = (words: string, href?: string) => ({
  type: 'text',
  text: words,
  ...(href === undefined ? {} : { marks: [{ type: 'link', attrs: { href } }] }),
})
const paragraph = (...content: object[]) => ({ type: 'paragraph', content })
const item = (...content: object[]) => ({ type: 'listItem', content })

describe('writeDocumentText', () => {
  it('writes paragraphs, line ends and links', () => {
    const document = {
      type: 'doc',
      content: [
        paragraph(text('Dear Ada,'), { type: 'hardBreak' }, text('see '), text('the plan', 'https://example.com/plan'), text('.')),
        paragraph(text('https://example.com', 'https://example.com'), text(' or '), text('a@b.example', 'mailto:a@b.example')),
        paragraph(),
      ],
    }
    expect(writeDocumentText(document)).toBe('Dear Ada,\nsee the plan <https://example.com/plan>.\n\nhttps://example.com or a@b.example')
  })

  it('writes quotes and lists, one within the other', () => {
    const document = {
      type: 'doc',
      content: [
        { type: 'blockquote', content: [paragraph(text('First')), { type: 'blockquote', content: [paragraph(text('older'))] }] },
        {
          type: 'bulletList',
          content: [
            item(paragraph(text('one')), { type: 'orderedList', attrs: { start: 3 }, content: [item(paragraph(text('three')))] }),
            item(paragraph(text('two'), { type: 'hardBreak' }, text('more'))),
          ],
        },
        { type: 'horizontalRule' },
      ],
    }
    expect(writeDocumentText(document)).toBe('> First\n>\n> > older\n\n- one\n  3. three\n- two\n  more\n\n---')
  })

  it('writes nothing of an empty document', () => {
    expect([writeDocumentText({ type: 'doc' }), writeDocumentText({ type: 'doc', content: [paragraph()] })]).toEqual(['', ''])
  })
})
