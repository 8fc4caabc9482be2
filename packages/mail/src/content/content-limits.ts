/** Bounds on what is read out of a message. Whatever is beyond them stays in the raw source, which is kept whole. */
export const CONTENT_LIMITS = {
  /** MIME parts; a message with more is read up to here (a two-character boundary makes 50 000 parts in 300 kB). */
  parts: 1_000,
  /** Multiparts within multiparts. */
  depth: 50,
  /** Messages within messages that are entered to find a text to read. */
  enclosedMessages: 3,
  /** Header fields of one header block. */
  headerFields: 2_000,
  /** Octets of one header block. */
  headerOctets: 1_048_576,
  /** Octets of one header field's value. */
  headerValueOctets: 65_536,
  /** Addresses of one header field. */
  addresses: 1_000,
  /** Characters of decoded text, plain and HTML each. */
  textCharacters: 2_000_000,
  /** Files within one text. */
  uuencodedFiles: 100,
  /** Message identifiers in References. */
  references: 100,
  /** Characters of a message identifier: the longest line RFC 5322 section 2.1.1 allows. */
  messageIdCharacters: 998,
  /** Characters of a subject. */
  subjectCharacters: 2_000,
  /** Characters of a display name, an address or a file name. */
  nameCharacters: 500,
  snippetCharacters: 200,
} as const
