/** Letters that Unicode does not take apart, as people without them on their keyboard write them. */
const SPELLED: ReadonlyMap<string, string> = new Map([
  ['ß', 'ss'],
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['ø', 'o'],
  ['ł', 'l'],
  ['đ', 'd'],
  ['ð', 'd'],
  ['þ', 'th'],
  ['ħ', 'h'],
  ['ŧ', 't'],
  ['ŋ', 'n'],
  ['ı', 'i'],
  ['ƒ', 'f'],
  ['ς', 'σ'],
])

const SPELLED_LETTERS = /[ßæœøłđðþħŧŋıƒς]/gu

/**
 * Accents, the points of Hebrew and Arabic, and what is not seen within a word. The vowel signs of Indic and Thai scripts are none of these, nor are
 * the voicing marks of kana.
 */
const DROPPED = /[\p{Script=Inherited}--[\u3099\u309a]]|[\p{Mn}&&[\p{Script=Hebrew}\p{Script=Arabic}]]|[\u00ad\u0640\u2060\ufeff]/gv

const BEYOND_ASCII = /[^\u0000-\u007f]/u

/**
 * Folds a text so that what a person takes for the same word is the same: NFKC (width, ligatures), lower case, without diacritics (é is e,
 * ß is ss, ø is o). Folding twice changes nothing. Linear; a few characters become up to eighteen.
 */
export function foldSearchText(text: string): string {
  const lower = text.toLowerCase()
  if (!BEYOND_ASCII.test(lower)) {
    return lower
  }
  // Lower case twice: NFKC makes capitals of some letter-like signs, and some capitals only lose their marks in lower case.
  const apart = text.normalize('NFKC').toLowerCase().normalize('NFKD')
  const bare = apart.replace(DROPPED, '').replace(SPELLED_LETTERS, (letter) => SPELLED.get(letter) ?? letter)
  return bare.toLowerCase().normalize('NFC')
}
