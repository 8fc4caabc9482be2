/** What a FETCH row may tell that we read. `other` is read over. */
export const FETCH_ITEMS = ['other', 'uid', 'flags', 'modseq', 'internalDate', 'size', 'emailId', 'header', 'source'] as const
export type FetchItem = (typeof FETCH_ITEMS)[number]

/** By name in upper case, without `<0>`. Servers answer by the old names of RFC 3501 here and there. */
const ITEMS: ReadonlyMap<string, FetchItem> = new Map<string, FetchItem>([
  ['UID', 'uid'],
  ['FLAGS', 'flags'],
  ['MODSEQ', 'modseq'],
  ['INTERNALDATE', 'internalDate'],
  ['RFC822.SIZE', 'size'],
  ['EMAILID', 'emailId'],
  ['X-GM-MSGID', 'emailId'],
  ['BODY[HEADER]', 'header'],
  ['RFC822.HEADER', 'header'],
  ['BODY[]', 'source'],
  ['BINARY[]', 'source'],
  ['RFC822', 'source'],
])

/** The names of most rows, found without making a string of them: by their length, which no two of them share. */
const FREQUENT: (readonly [Uint8Array, FetchItem] | undefined)[] = []
for (const name of ['UID', 'FLAGS', 'MODSEQ', 'RFC822.SIZE', 'INTERNALDATE']) {
  FREQUENT[name.length] = [Buffer.from(name), ITEMS.get(name) ?? 'other']
}

const LONGEST = 64
const CASE_BIT = 0x20

/** The item a name stands for, in any case. Part of a content (`BODY[]<100>`) is not the content. */
export function findFetchItem(octets: Buffer, start: number, end: number): FetchItem {
  const frequent = FREQUENT[end - start]
  if (frequent !== undefined && isSame(octets, start, frequent[0])) return frequent[1]
  if (end - start > LONGEST) return 'other'
  const name = octets.toString('latin1', start, end).toUpperCase()
  return ITEMS.get(name.endsWith('<0>') ? name.slice(0, -3) : name) ?? 'other'
}

function isSame(octets: Buffer, start: number, name: Uint8Array): boolean {
  for (let index = 0; index < name.length; index += 1) {
    const octet = octets[start + index] ?? 0
    const expected = name[index] ?? 0
    if (octet !== expected && (octet & ~CASE_BIT) !== expected) return false
  }
  return true
}
