import type { Correspondent, SearchField } from '@maildock/core'
import type { ParsedMessage } from './parse-message.ts'

/**
 * What of a message is searchable, each with its weight: the subject (A), who wrote it and to whom (B), the names of files (C), the text (D).
 */
export function listSearchFields({ subject, from, to, cc, attachments, text }: ParsedMessage): readonly SearchField[] {
  return [
    { weight: 'A', text: subject },
    { weight: 'B', text: [...from, ...to, ...cc].map(describeCorrespondent).join('\n') },
    { weight: 'C', text: attachments.map(({ filename }) => filename ?? '').join('\n') },
    { weight: 'D', text: text ?? '' },
  ]
}

function describeCorrespondent({ name, address }: Correspondent): string {
  return `${name ?? ''}\n${address ?? ''}`
}
