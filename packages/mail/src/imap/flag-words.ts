import { toStorableText } from '@maildock/core'

const MAX_KEYWORDS = 200
const MAX_FLAG_LENGTH = 255

export interface FlagWords {
  /** System flags, sorted: `\Seen`. */
  readonly flags: readonly string[]
  /** Everything else, sorted. */
  readonly keywords: readonly string[]
}

/**
 * Sorts flags from keywords. Odd octets and excess are dropped: a keyword is a word, not a document. \Recent is left out: it tells about the
 * session, not about the message.
 */
export function sortFlagWords(words: Iterable<string>): FlagWords {
  const flags: string[] = []
  const keywords: string[] = []
  for (const word of words) {
    const clean = toStorableText(word)
    if (clean !== '' && clean.length <= MAX_FLAG_LENGTH && clean.toLowerCase() !== '\\recent') {
      if (clean.startsWith('\\')) flags.push(spellFlag(clean))
      else keywords.push(clean)
    }
  }
  return { flags: unique(flags), keywords: unique(keywords) }
}

const SYSTEM_FLAGS: ReadonlyMap<string, string> = new Map(
  ['\\Seen', '\\Answered', '\\Flagged', '\\Deleted', '\\Draft'].map((flag) => [flag.toLowerCase(), flag]),
)

/** Flags are not case-sensitive (RFC 9051 section 2.3.2); stored, they have one spelling. */
function spellFlag(flag: string): string {
  return SYSTEM_FLAGS.get(flag.toLowerCase()) ?? flag
}

function unique(words: readonly string[]): string[] {
  return [...new Set(words)].toSorted().slice(0, MAX_KEYWORDS)
}
