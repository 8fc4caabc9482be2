/** A run of lines at one depth of quotation, without its `>` marks. */
export interface TextBlock {
  /** 0: written by the sender; 1 and more: quoted. */
  readonly depth: number
  readonly text: string
}

/** Splits plain text into what was written and what was quoted (RFC 3676 section 4.5), so that the two can look different. */
export function splitQuotes(text: string): readonly TextBlock[] {
  const blocks: { depth: number; lines: string[] }[] = []
  for (const line of text.replaceAll('\r\n', '\n').split('\n')) {
    const marks = /^(?:>[ ]?)+/u.exec(line)?.[0] ?? ''
    const depth = marks.replaceAll(' ', '').length
    const last = blocks.at(-1)
    if (last?.depth === depth) last.lines.push(line.slice(marks.length))
    else blocks.push({ depth, lines: [line.slice(marks.length)] })
  }
  return blocks.map(({ depth, lines }) => ({ depth, text: lines.join('\n') })).filter(({ text: content }) => content.trim() !== '')
}

const UNITS = ['B', 'KB', 'MB', 'GB'] as const

/** A size in octets as people write it: "812 B", "24 KB", "1.4 MB". */
export function describeSize(sizeOctets: number): string {
  let size = sizeOctets
  let unit = 0
  while (size >= 1000 && unit < UNITS.length - 1) {
    size /= 1000
    unit += 1
  }
  return `${unit > 1 && size < 10 ? size.toFixed(1) : Math.round(size)} ${UNITS[unit] ?? 'B'}`
}
