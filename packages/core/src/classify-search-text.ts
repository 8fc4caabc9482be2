import { foldSearchText } from './fold-search-text.ts'

/** What a character is to a search: what stands between words. */
export const BETWEEN = 1
/** Part of a word. */
export const WORD = 2
/** Of a script without blanks between words. */
export const UNSPACED = 3
/** Not seen within a word: a combining accent, a soft hyphen. */
export const DROPPED = 4
/** Folds into something of more than one kind: ½, a full-width at sign. */
export const MIXED = 5

/** By UTF-16 unit, filled as characters are met: 0 is "not looked at yet". */
const classes = new Uint8Array(65_536)
/** The same for characters beyond the basic plane. Texts come from outside: it does not grow with them. */
const supplementary = new Map<number, number>()
const MOST_SUPPLEMENTARY = 10_000

/** The class of the character at an index. Either half of a surrogate pair is of the pair's class; a lone half stands between words. */
export function classifyAt(text: string, index: number): number {
  const unit = text.charCodeAt(index)
  const known = classes[unit] ?? BETWEEN
  if (known !== 0) {
    return known
  }
  if (unit >= 0xd8_00 && unit <= 0xdf_ff) {
    const point = text.codePointAt(unit >= 0xdc_00 ? index - 1 : index) ?? 0
    return point > 0xff_ff ? classifySupplementary(point) : BETWEEN
  }
  const made = classify(String.fromCharCode(unit))
  classes[unit] = made
  return made
}

function classifySupplementary(point: number): number {
  const known = supplementary.get(point)
  if (known !== undefined) {
    return known
  }
  const made = classify(String.fromCodePoint(point))
  if (supplementary.size < MOST_SUPPLEMENTARY) {
    supplementary.set(point, made)
  }
  return made
}

/** Han, kana, bopomofo, Thai, Lao, Burmese, Khmer: no blanks between words. Hangul has them. */
const WITHOUT_BLANKS =
  /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3021-\u302f\u3031-\u303c\u3040-\u30ff\u3100-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u9fff\uaa60-\uaa7f\uf900-\ufaff\u{1b000}-\u{1b16f}\u{20000}-\u{3ffff}]/u

function classify(character: string): number {
  const folded = foldSearchText(character)
  if (folded === '') {
    return DROPPED
  }
  const kinds = new Set(Array.from(folded, classifyFolded))
  const [kind = BETWEEN] = kinds
  // Joints that come of one character are no joint between words: only a single one is.
  const joins = folded !== character && isJoint(folded.charCodeAt(0)) && folded.length === 1
  return kinds.size > 1 || joins ? MIXED : kind
}

function classifyFolded(character: string): number {
  if (!/^[\p{L}\p{N}\p{M}]$/u.test(character)) {
    return BETWEEN
  }
  return WITHOUT_BLANKS.test(character) ? UNSPACED : WORD
}

export const AT = 0x40
export const DOT = 0x2e

/** What holds the words of an address, a host or a file name together: `@ . - _ +`. */
export function isJoint(unit: number): boolean {
  return unit === DOT || unit === AT || unit === 0x2d || unit === 0x5f || unit === 0x2b
}
