import { REPORT_LIMITS, type ReportedRecipient } from './delivery-report.ts'
import { findEnhancedStatus, readReportedAddress, toDiagnostic } from './report-text.ts'

/** How the programs begin that tell in prose what became of a message: qmail, Exim, Postfix, Exchange, Gmail, Sendmail. */
const OPENINGS: readonly RegExp[] = [
  /^Hi\. This is the .{0,100} program/mu,
  /This message was created automatically by mail delivery software/u,
  /^This is the mail system at host /mu,
  /^Delivery has failed to these recipients or groups/mu,
  /^Your message (?:to \S{1,320} )?(?:couldn't|wasn't|could not|was not) (?:be )?delivered/mu,
  /^Delivery to the following recipients? (?:has )?failed/mu,
  /^ *-{3,} The following addresses had (?:permanent fatal|transient non-fatal) errors -{3,}/mu,
]

/** Where the copy of the message begins: what stands there is the sender's text, and no word of a server. */
const COPY =
  /^(?:-{2,} ?(?:Below this line is a copy|This is a copy of|Original message|The header of the original|Enclosed is a copy)|Original message headers:|Reporting-MTA:)/imu

const DELAYED =
  /delay(?:ed)? |will be retried|has not yet been delivered|transient non-fatal|not necessary to resend|do not need to (?:re)?send/iu

/**
 * Reads a report in prose: recipients stand at the beginning of a line, what was said of each behind it or on the lines below. `named`: whom the header
 * names as failed (X-Failed-Recipients). Empty for a text that is no report. Bounded; never throws.
 */
export function readBounceText(text: string, named: readonly string[]): readonly ReportedRecipient[] {
  const bounded = text.slice(0, REPORT_LIMITS.textCharacters)
  if (named.length === 0 && !OPENINGS.some((opening) => opening.test(bounded))) {
    return []
  }
  const told = bounded.slice(0, COPY.exec(bounded)?.index ?? bounded.length)
  const words = readParagraphs(told)
  for (const address of named) {
    words.set(address, words.get(address) ?? [])
  }
  const action = DELAYED.test(told) ? 'delayed' : 'failed'
  return [...words].slice(0, REPORT_LIMITS.recipients).map(([address, lines]) => {
    const said = lines.join(' ').trim()
    // What is said once, further below, is said of all.
    const diagnostic = findEnhancedStatus(said) === null ? `${said} ${findReply(told)}`.trim() : said
    const base = { finalRecipient: address, originalRecipient: null, remoteMta: null, action } as const
    return { ...base, status: findEnhancedStatus(diagnostic), diagnostic: toDiagnostic(diagnostic) }
  })
}

/** `<a@example.org>:` and what may follow it, `a@example.org` alone, `a@example.org<mailto:a@example.org>`. */
const RECIPIENT_LINE =
  /^\s{0,8}(?:<([^<>\s]{3,320})>:?|([^<>\s:]{3,320}):?(?:\s?<mailto:[^<>\s]{1,320}>|\s\([^()]{1,320}\))?:?)(?=\s|$)(.*)$/u

/** What is said of each address. */
function readParagraphs(text: string): Map<string, string[]> {
  const words = new Map<string, string[]>()
  let lines: string[] | null = null
  for (const line of text.split(/\r\n|\n|\r/u, REPORT_LIMITS.lines)) {
    const short = line.slice(0, REPORT_LIMITS.lineCharacters)
    const match = RECIPIENT_LINE.exec(short)
    const address = match === null ? null : readReportedAddress(match[1] ?? match[2] ?? '')
    if (address !== null && words.size < REPORT_LIMITS.recipients) {
      lines = words.get(address) ?? []
      words.set(address, lines)
      lines.push((match?.[3] ?? '').trim())
    } else if (short.trim() === '') {
      // An empty line right below the address is one of layout.
      if (lines?.some((said) => said !== '') === true) {
        lines = null
      }
    } else {
      lines?.push(short.trim())
    }
  }
  return words
}

/** The line in which a server is quoted: one with a reply code and a status, or a status alone. */
function findReply(text: string): string {
  const lines = text.split(/\r\n|\n|\r/u, REPORT_LIMITS.lines).map((line) => line.slice(0, REPORT_LIMITS.lineCharacters).trim())
  return (
    lines.find((line) => /(?<!\d)[45]\d\d[ -]/u.test(line) && findEnhancedStatus(line) !== null) ??
    lines.find((line) => /^[45]\d\d[ -]/u.test(line)) ??
    ''
  )
}
