import { decodeHtmlEntities } from './html-entities.ts'

const BLOCK: ReadonlySet<string> = new Set(
  'address article aside blockquote br center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tr ul'.split(
    ' ',
  ),
)

/** Elements whose content is not for reading. */
const HIDDEN: ReadonlySet<string> = new Set(['head', 'style', 'script', 'title', 'template', 'noscript', 'svg', 'object'])

/**
 * The readable text of an HTML mail, for listing, search and for readers without HTML. It is text, not safe HTML: whoever shows it
 * escapes it. One pass over the source, linear whatever it holds; never throws.
 */
export function htmlToText(html: string): string {
  const pieces: string[] = []
  const reader: TagReader = { html, pieces, unclosed: new Set() }
  let position = 0
  while (position < html.length) {
    const open = html.indexOf('<', position)
    pieces.push(decodeHtmlEntities(html.slice(position, open < 0 ? html.length : open).replace(/\s+/gu, ' ')))
    if (open < 0) {
      break
    }
    position = readTag(reader, open)
  }
  // Line by line: one expression for "blanks, break, blanks" would be quadratic on a run of blanks.
  const lines = pieces.join('').split('\n')
  return lines
    .map((line) => line.trim())
    .join('\n')
    .replace(/\n{3,}/gu, '\n\n')
    .trim()
}

interface TagReader {
  readonly html: string
  readonly pieces: string[]
  /** Elements known not to be closed any more: looked for once, or a million `<style>` would be searched a million times. */
  readonly unclosed: Set<string>
}

/** Reads the markup at `open` and tells where the text goes on. */
function readTag({ html, pieces, unclosed }: TagReader, open: number): number {
  if (html.startsWith('<!--', open)) {
    return after(html, '-->', open + 4)
  }
  const name = /^<(\/?)([a-z][a-z0-9]{0,20})/iu.exec(html.slice(open, open + 30))
  if (name === null) {
    // "a < b", or "<!doctype": the first is text.
    const markup = html[open + 1] === '!' || html[open + 1] === '?' || html[open + 1] === '/'
    if (!markup) {
      pieces.push('<')
    }
    return markup ? after(html, '>', open) : open + 1
  }
  const tag = (name[2] ?? '').toLowerCase()
  const closing = name[1] === '/'
  if (tag === 'td' || tag === 'th') {
    pieces.push(closing ? '' : ' ')
  } else if (BLOCK.has(tag)) {
    pieces.push('\n')
  }
  const end = after(html, '>', open)
  if (closing || !HIDDEN.has(tag) || unclosed.has(tag)) {
    return end
  }
  const close = findClose(html, tag, end)
  if (close < 0) {
    unclosed.add(tag)
    return end
  }
  return after(html, '>', close)
}

function findClose(html: string, tag: string, from: number): number {
  const close = new RegExp(`</${tag}[\\s>]`, 'giu')
  close.lastIndex = from
  return close.exec(html)?.index ?? -1
}

function after(html: string, text: string, from: number): number {
  const index = html.indexOf(text, from)
  return index < 0 ? html.length : index + text.length
}
