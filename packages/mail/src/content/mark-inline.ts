import { CONTENT_LIMITS } from './content-limits.ts'
import type { ParsedAttachment } from './select-content.ts'

const CID = /cid:([^\s"'<>()]{1,998})/giu

/**
 * Leaves the mark to those attachments that the HTML shows in their place, naming them by their Content-ID (RFC 2392). Programs give identifiers to
 * files too, and put files among the images: what nothing names is listed, or nobody would find it. Linear; never throws.
 */
export function markInline(attachments: readonly ParsedAttachment[], html: string | null): readonly ParsedAttachment[] {
  if (!attachments.some(({ inline }) => inline)) {
    return attachments
  }
  const named = listNames(html ?? '')
  return attachments.map((attachment) => ({ ...attachment, inline: attachment.inline && isNamed(named, attachment.contentId ?? '') }))
}

function listNames(html: string): ReadonlySet<string> {
  const names = new Set<string>()
  for (const match of html.matchAll(CID)) {
    names.add((match[1] ?? '').toLowerCase())
    if (names.size >= CONTENT_LIMITS.parts) {
      break
    }
  }
  return names
}

/** As it stands, or percent-encoded as a URL is to be. */
function isNamed(names: ReadonlySet<string>, contentId: string): boolean {
  const id = contentId.toLowerCase().toWellFormed()
  return names.has(id) || names.has(encodeURIComponent(id).toLowerCase())
}
