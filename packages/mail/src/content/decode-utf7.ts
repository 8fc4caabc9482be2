const SHIFTED = /\+([A-Za-z0-9+/]*)-?/gu

/**
 * Decodes UTF-7 (RFC 2152), which no TextDecoder knows. Octets outside ASCII are not UTF-7: they become U+FFFD. A shifted run with
 * an odd octet left over loses that octet, as RFC 2152 wants of padding bits.
 */
export function decodeUtf7(bytes: Uint8Array): string {
  const ascii = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('latin1')
    .replace(/[\u0080-\u00ff]/gu, '\uFFFD')
  return ascii.replace(SHIFTED, (_whole, shifted: string) => {
    if (shifted === '') {
      return '+'
    }
    const octets = Buffer.from(shifted, 'base64')
    const pairs = octets.subarray(0, octets.length - (octets.length % 2))
    return Buffer.from(pairs).swap16().toString('utf16le')
  })
}
