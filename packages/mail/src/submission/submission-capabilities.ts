/** What a submission server offers beyond RFC 5321. */
export interface SubmissionCapabilities {
  /** SIZE (RFC 1870). */
  readonly size: boolean
  /** The largest message it takes, in octets. Null: it does not say. */
  readonly maxSizeOctets: number | null
  /** RFC 6531. */
  readonly smtputf8: boolean
  /** RFC 6152. */
  readonly eightBitMime: boolean
  /** RFC 2920. */
  readonly pipelining: boolean
  /** RFC 3461. */
  readonly dsn: boolean
  /** RFC 2034. Enhanced codes are read wherever they stand; this only says that they were promised. */
  readonly enhancedStatusCodes: boolean
  /** SASL mechanisms in upper case (RFC 4954). */
  readonly authMechanisms: ReadonlySet<string>
}

/** Reads the lines of a reply to EHLO (RFC 5321 section 4.1.1.1) in any case and spacing. The first line is a greeting. */
export function parseCapabilities(lines: readonly string[]): SubmissionCapabilities {
  const offered = lines.slice(1).map((line) =>
    line
      .trim()
      .toUpperCase()
      .split(/[\s=]+/u),
  )
  const offers = (keyword: string): boolean => offered.some(([first]) => first === keyword)
  const size = offered.find(([first]) => first === 'SIZE')?.[1] ?? ''
  // 0: no fixed limit (RFC 1870 section 3). A number of more than 15 digits is none either.
  const maxSizeOctets = /^\d{1,15}$/u.test(size) && Number(size) > 0 ? Number(size) : null
  return {
    size: offers('SIZE'),
    maxSizeOctets,
    smtputf8: offers('SMTPUTF8'),
    eightBitMime: offers('8BITMIME'),
    pipelining: offers('PIPELINING'),
    dsn: offers('DSN'),
    enhancedStatusCodes: offers('ENHANCEDSTATUSCODES'),
    // Old servers write `AUTH=PLAIN`, beside or instead of `AUTH PLAIN`.
    authMechanisms: new Set(offered.filter(([first]) => first === 'AUTH').flatMap(([, ...mechanisms]) => mechanisms)),
  }
}
