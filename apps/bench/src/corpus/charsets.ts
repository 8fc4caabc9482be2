/** The charsets of the corpus, in the order of how often they occur. */
export const CHARSETS = ['utf-8', 'us-ascii', 'iso-8859-1', 'windows-1252', 'koi8-r', 'shift_jis'] as const
export type Charset = (typeof CHARSETS)[number]

/** Encodes text in a charset. A character it does not have becomes `?`. */
export function encodeCharset(text: string, charset: Charset): Buffer {
  switch (charset) {
    case 'utf-8':
      return Buffer.from(text, 'utf8')
    case 'us-ascii':
    case 'iso-8859-1':
    case 'windows-1252':
    case 'koi8-r':
    case 'shift_jis':
      return encodeByTable(text, tableOf(charset))
    default:
      return charset satisfies never
  }
}

type EncodingTable = ReadonlyMap<string, readonly number[]>
const tables = new Map<Charset, EncodingTable>()

function tableOf(charset: Exclude<Charset, 'utf-8'>): EncodingTable {
  const known = tables.get(charset)
  if (known !== undefined) return known
  const made = invertDecoder(charset)
  tables.set(charset, made)
  return made
}

/** Node decodes these charsets and does not encode them: every octet, and every pair for Shift_JIS, is decoded once. */
function invertDecoder(charset: Exclude<Charset, 'utf-8'>): EncodingTable {
  const decoder = new TextDecoder(charset)
  const table = new Map<string, readonly number[]>()
  const learn = (octets: readonly number[]): void => {
    const text = decoder.decode(Uint8Array.from(octets))
    if (Array.from(text).length === 1 && text !== '\ufffd' && !table.has(text)) table.set(text, octets)
  }
  const last = charset === 'us-ascii' ? 0x7f : 0xff
  for (let octet = 0; octet <= last; octet += 1) learn([octet])
  if (charset !== 'shift_jis') return table
  for (let lead = 0x81; lead <= 0xef; lead += 1) {
    for (let trail = 0x40; trail <= 0xfc; trail += 1) learn([lead, trail])
  }
  return table
}

function encodeByTable(text: string, table: EncodingTable): Buffer {
  const octets: number[] = []
  for (const character of text) octets.push(...(table.get(character) ?? [0x3f]))
  return Buffer.from(octets)
}
