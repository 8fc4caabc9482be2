const UNSEEN = /<!--[\s\S]*?-->|<(?<name>style|script|head|title)\b[\s\S]*?<\/\k<name>\s*>/giu
const TAG = /<(?<name>[a-z][\w:-]*)(?<attributes>(?:[^<>"']|"[^"]*"|'[^']*')*)>/giu
/** What the schema reads of an element; the last is the editor's own mark of what was copied from it. */
const KEPT = /\s(?:href|start|data-pm-slice)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+)/giu
const NORMAL_WEIGHT = /font-weight\s*:\s*(?:normal|400)/iu

/**
 * Pasted HTML without the attributes and elements that the schema drops anyhow. It is not what makes pasting safe, the schema
 * is. But the browser parses the text first, and complains of each style and handler in it, which the security policy forbids.
 */
export function quietPastedHtml(html: string): string {
  return html.replaceAll(UNSEEN, '').replaceAll(TAG, (_tag, name: string, attributes: string) => {
    // Some editors wrap all they copy into a <b> that is not bold.
    const shown = /^(?:b|strong)$/iu.test(name) && NORMAL_WEIGHT.test(attributes) ? 'span' : name
    return `<${shown}${(attributes.match(KEPT) ?? []).join('')}>`
  })
}
