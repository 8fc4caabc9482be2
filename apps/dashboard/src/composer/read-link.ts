/** A link that may stand in a message: an address of the web or of mail, the former with `https` where nothing else is said. Null: it is none. */
export function readLink(text: string): string | null {
  const typed = text.trim()
  if (/[\s\u0000-\u001f\u007f]/u.test(typed)) return null
  if (/^mailto:[^@\s]+@[^@\s]+$/iu.test(typed) || /^https?:\/\/[^/?#]+/iu.test(typed)) return typed
  if (/^[^@\s/:]+@[^@\s/:]+\.[^@\s/:]+$/u.test(typed)) return `mailto:${typed}`
  return /^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:[/?#:].*)?$/iu.test(typed) ? `https://${typed}` : null
}
