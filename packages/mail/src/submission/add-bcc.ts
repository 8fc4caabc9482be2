/**
 * A message with the blind copies' recipients in its header: as the sender keeps it, and nobody else gets it. One address a line, whatever their number.
 * @param source complete, with CRLF line ends @param addresses `local@domain`, one line each
 */
export function addBcc(source: Buffer, addresses: readonly string[]): Buffer {
  const end = source.indexOf('\r\n\r\n')
  if (addresses.length === 0 || end < 0) {
    return source
  }
  const field = Buffer.from(`\r\nBcc: ${addresses.join(',\r\n ')}`)
  return Buffer.concat([source.subarray(0, end), field, source.subarray(end)])
}
