const CR = 0x0d
const LF = 0x0a
const DOT = 0x2e
const CHUNK_OCTETS = 65_536

/**
 * A message as it goes over the wire before the final dot: dots at the beginning of a line doubled (RFC 5321 section 4.5.2), every CR, LF and CRLF a CRLF,
 * a line end at the end. Whatever the source holds, `CRLF . CRLF` is in none of the chunks and in none of their joints, and no server can see the end of
 * a message anywhere but where we say it.
 */
export function* toWireChunks(source: Uint8Array): Generator<Buffer> {
  let isLineStart = true
  let isAfterCr = false
  for (let start = 0; start < source.length; start += CHUNK_OCTETS) {
    const piece = source.subarray(start, start + CHUNK_OCTETS)
    const out = Buffer.allocUnsafe(piece.length * 2)
    let length = 0
    for (const octet of piece) {
      if (octet === CR || octet === LF) {
        // The LF of a CRLF was written with its CR.
        if (octet === CR || !isAfterCr) {
          out[length++] = CR
          out[length++] = LF
        }
        isLineStart = true
      } else {
        if (isLineStart && octet === DOT) out[length++] = DOT
        out[length++] = octet
        isLineStart = false
      }
      isAfterCr = octet === CR
    }
    yield out.subarray(0, length)
  }
  if (!isLineStart) yield Buffer.from('\r\n')
}
