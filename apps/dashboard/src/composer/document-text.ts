import type { JSONContent } from '@tiptap/core'

/** Between two blocks. */
const BLOCK_GAP = '\n\n'

/**
 * A document of the editor as plain text, for readers without HTML: quotes with `> `, lists with `- ` or numbers, links with their address behind the words. Pure
 * and total.
 */
export function writeDocumentText(document: JSONContent): string {
  return writeBlocks(document.content ?? []).trimEnd()
}

function writeBlocks(blocks: readonly JSONContent[]): string {
  return blocks.map(writeBlock).join(BLOCK_GAP)
}

function writeBlock(block: JSONContent): string {
  const content = block.content ?? []
  switch (block.type ?? '') {
    case 'blockquote':
      return prefixLines(writeBlocks(content), () => '> ')
    case 'bulletList':
      return content.map((item) => writeItem(item, '- ')).join('\n')
    case 'orderedList': {
      const start = typeof block.attrs?.['start'] === 'number' ? block.attrs['start'] : 1
      return content.map((item, index) => writeItem(item, `${start + index}. `)).join('\n')
    }
    case 'horizontalRule':
      return '---'
    default:
      return content.map(writeInline).join('')
  }
}

/** A list within a list follows its line at once. */
function writeItem(item: JSONContent, mark: string): string {
  const text = (item.content ?? []).map(writeBlock).join('\n')
  return prefixLines(text, (index) => (index === 0 ? mark : ' '.repeat(mark.length)))
}

function prefixLines(text: string, prefix: (index: number) => string): string {
  return text
    .split('\n')
    .map((line, index) => `${prefix(index)}${line}`.trimEnd())
    .join('\n')
}

function writeInline(node: JSONContent): string {
  if (node.type === 'hardBreak') return '\n'
  const text = node.text ?? ''
  const href: unknown = node.marks?.find(({ type }) => type === 'link')?.attrs?.['href']
  return typeof href === 'string' && href !== text && href !== `mailto:${text}` ? `${text} <${href}>` : text
}
