import { scanSearchTerms, type SearchLimits } from './scan-search-terms.ts'

export const SEARCH_LIMITS = {
  characters: 65_536,
  terms: 5_000,
  wordCharacters: 64,
  /** What RFC 5321 section 4.5.3.1.3 leaves of a path without its brackets. */
  addressCharacters: 254,
} as const satisfies SearchLimits

/**
 * Lists the terms of a text, in order of appearance, each as often as it stands there. Made alike of a text to be found and of a query for it.
 * A term is a word: a run of letters, digits and marks, folded (case, width, diacritics). Addresses, hosts and file names give their words and
 * then themselves: `ann@mail.example` is `ann`, `mail`, `example`, `mail.example`, `ann@mail.example`. Scripts without blanks between words give
 * overlapping pairs of characters. Linear, bounded by the limits, pure; terms are well formed and never empty.
 */
export function listSearchTerms(text: string, limits: SearchLimits = SEARCH_LIMITS): string[] {
  const terms: string[] = []
  scanSearchTerms(text, limits, (source, start, end) => terms.push(source.slice(start, end).toLowerCase()))
  return terms
}
