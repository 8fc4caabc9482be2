import { REPORT_LIMITS, REPORTED_ACTIONS, type ReportedAction, type ReportedRecipient } from './delivery-report.ts'
import { findEnhancedStatus, readReportedAddress, toDiagnostic } from './report-text.ts'

/** Fields of one group, by lower-case name. A name that is there twice has several values. */
export type FieldGroup = ReadonlyMap<string, readonly string[]>

/** The groups of fields of a machine-readable part (RFC 3464 section 2.1, RFC 5965 section 3.1), unfolded. Bounded; never throws. */
export function readFieldGroups(octets: Buffer): readonly FieldGroup[] {
  const text = octets.toString('utf8', 0, Math.min(octets.length, REPORT_LIMITS.statusOctets))
  const groups: Map<string, string[]>[] = []
  let group: Map<string, string[]> | null = null
  let values: string[] | null = null
  for (const line of text.split(/\r\n|\n|\r/u, REPORT_LIMITS.lines)) {
    const short = line.slice(0, REPORT_LIMITS.lineCharacters)
    if (short.trim() === '') {
      group = values = null
    } else if (/^[ \t]/u.test(short)) {
      values?.push(`${values.pop() ?? ''} ${short.trim()}`.slice(0, REPORT_LIMITS.lineCharacters))
    } else {
      const colon = short.indexOf(':')
      const name = short.slice(0, Math.max(colon, 0)).trim().toLowerCase()
      if (name === '') {
        values = null
        continue
      }
      if (group === null) {
        group = new Map()
        groups.push(group)
      }
      values = group.get(name) ?? []
      values.push(short.slice(colon + 1).trim())
      group.set(name, values)
    }
  }
  return groups
}

/** What a group says of a recipient; null when it is of none, or says nothing that could be understood. */
export function readReportedRecipient(group: FieldGroup): ReportedRecipient | null {
  const finalRecipient = readTypedAddress(group.get('final-recipient')?.[0])
  const originalRecipient = readTypedAddress(group.get('original-recipient')?.[0])
  const diagnosticField = withoutType(group.get('diagnostic-code')?.[0] ?? '')
  const status = findEnhancedStatus(group.get('status')?.[0] ?? '') ?? findEnhancedStatus(diagnosticField)
  const action = readAction(group.get('action')?.[0] ?? '', status)
  if ((finalRecipient ?? originalRecipient) === null || action === null) {
    return null
  }
  const remoteMta = toDiagnostic(withoutType(group.get('remote-mta')?.[0] ?? ''))
  return { finalRecipient, originalRecipient, action, status, diagnostic: toDiagnostic(diagnosticField), remoteMta }
}

/** `rfc822; a@example.org`. Of type utf-8 (RFC 6533 section 3) letters may be written `\x{F8}`. */
function readTypedAddress(field: string | undefined): string | null {
  if (field === undefined) {
    return null
  }
  const isUtf8 = /^\s*utf-8\s*;/iu.test(field)
  const address = withoutType(field)
  return readReportedAddress(isUtf8 ? decodeEscapes(address) : address)
}

function decodeEscapes(text: string): string {
  return text.replace(/\\x\{([0-9a-f]{2,6})\}/giu, (whole, hex: string) => {
    const codePoint = Number.parseInt(hex, 16)
    return codePoint <= 0x10_ff_ff ? String.fromCodePoint(codePoint) : whole
  })
}

/** Without the type before the first semicolon: `smtp; 550 …`, `dns; mx.example.org`. */
function withoutType(field: string): string {
  return field.replace(/^\s*[\w-]{1,30}\s*;/u, '').trim()
}

/** Some programs leave the action to the status. */
function readAction(field: string, status: string | null): ReportedAction | null {
  const word = /^[a-z]+/iu.exec(field)?.[0].toLowerCase() ?? ''
  const named = REPORTED_ACTIONS.find((action) => action === word)
  return named ?? (status?.startsWith('5') === true ? 'failed' : status?.startsWith('4') === true ? 'delayed' : null)
}
