/**
 * The text below an answer or a forward as a document for the editor: paragraphs and line ends, nothing of it read as HTML. What an answer quotes stands in a block,
 * without its first mark; marks of older levels stay.
 */
export function quoteToHtml(text: string): string {
  const lines = text.split('\n')
  const firstQuoted = lines.findIndex((line) => line.startsWith('>'))
  const isAnswer = firstQuoted === 1
  if (!isAnswer) return toParagraphs(lines)
  const quoted = lines.slice(1).map((line) => line.replace(/^> ?/u, ''))
  return `${toParagraphs(lines.slice(0, 1))}<blockquote>${toParagraphs(quoted)}</blockquote>`
}

function toParagraphs(lines: readonly string[]): string {
  const paragraphs = lines.map(escapeHtml).join('<br>').split('<br><br>')
  return paragraphs.map((paragraph) => `<p>${paragraph}</p>`).join('')
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
