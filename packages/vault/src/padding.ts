const LENGTH_OCTETS = 4
const BLOCK_OCTETS = 64

/** Text as octets, filled up to whole blocks of 64, so that a stolen dump does not tell how long a password is. */
export function padText(text: string): Buffer {
  const octets = Buffer.from(text, 'utf8')
  const padded = Buffer.alloc(Math.ceil((LENGTH_OCTETS + octets.length) / BLOCK_OCTETS) * BLOCK_OCTETS)
  padded.writeUInt32BE(octets.length)
  octets.copy(padded, LENGTH_OCTETS)
  octets.fill(0)
  return padded
}

/** The text of padded octets. They come out of an authenticated cipher, so they are ours and well formed. */
export function unpadText(padded: Buffer): string {
  return padded.toString('utf8', LENGTH_OCTETS, LENGTH_OCTETS + padded.readUInt32BE())
}
