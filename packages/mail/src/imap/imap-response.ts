/** A status response (RFC 9051 section 7.1), tagged or not. */
export interface ImapStatus {
  readonly status: 'OK' | 'NO' | 'BAD' | 'BYE' | 'PREAUTH'
  /** In upper case, without its arguments. */
  readonly code: string | undefined
  readonly codeArguments: string
  readonly text: string
}

const STATUS = /^(OK|NO|BAD|BYE|PREAUTH)(?=[\s[]|$)\s*(?:\[([^\]\s]+)\s*([^\]]*)\]\s*)?(.*)$/isu

/** Reads `OK [CODE arguments] text` in any case and spacing; null when it is something else. */
export function parseImapStatus(line: string): ImapStatus | null {
  const match = STATUS.exec(line.trim())
  if (match === null) return null
  return {
    status: match[1]?.toUpperCase() as ImapStatus['status'],
    code: match[2]?.toUpperCase(),
    codeArguments: match[3] ?? '',
    text: match[4] ?? '',
  }
}

/** Names of capabilities in upper case. What is no atom is dropped: the list is handed on to the library as a line. */
export function parseCapabilities(list: string): ReadonlySet<string> {
  return new Set(
    list
      .toUpperCase()
      .split(/\s+/u)
      .filter((name) => /^[A-Z0-9+=/_.:|-]+$/u.test(name))
      .slice(0, 2_000),
  )
}
