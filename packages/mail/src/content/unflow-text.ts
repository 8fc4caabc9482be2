/**
 * Joins the soft line breaks of format=flowed text (RFC 3676): a line that ends in a blank goes on in the next line of the same
 * quote depth. `delSp` drops that blank. The signature separator `-- ` is no soft break. Linear.
 */
export function unflowText(text: string, delSp: boolean): string {
  const joined: string[] = []
  let openDepth = -1
  for (const line of text.split('\n')) {
    const bare = line.endsWith('\r') ? line.slice(0, -1) : line
    const depth = countQuotes(bare)
    const content = bare.slice(depth).replace(/^ /u, '')
    const flows = content.endsWith(' ') && content !== '-- '
    const kept = flows && delSp ? content.slice(0, -1) : content
    if (openDepth === depth && content !== '-- ') {
      joined.push(kept)
    } else {
      joined.push(joined.length === 0 ? '' : '\n', depth === 0 ? '' : `${'>'.repeat(depth)} `, kept)
    }
    openDepth = flows ? depth : -1
  }
  return joined.join('')
}

function countQuotes(line: string): number {
  let depth = 0
  while (line[depth] === '>') {
    depth += 1
  }
  return depth
}
