import { toDisplayLine } from '@maildock/core'
import { REPORT_LIMITS } from './delivery-report.ts'

/** An address as reports write them: in brackets or bare, without its type; null for what cannot be one. */
export function readReportedAddress(text: string): string | null {
  const line = toDisplayLine(text, REPORT_LIMITS.addressCharacters + 1)
  const bare = /<([^<>\s]+)>/u.exec(line)?.[1] ?? line
  return bare.length <= REPORT_LIMITS.addressCharacters && /^[^\s<>]+@[^\s<>@]+$/u.test(bare) ? bare : null
}

/** The first enhanced status (RFC 3463) in a text. */
export function findEnhancedStatus(text: string): string | null {
  return /(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.]*\d)/u.exec(text)?.[0] ?? null
}

/** The first reply code of SMTP in a text, of those that refuse. */
export function findReplyCode(text: string): number | null {
  const code = /(?<![\d.])[45]\d\d(?=[\s-])/u.exec(text)?.[0]
  return code === undefined ? null : Number(code)
}

/** One clean line, or null for nothing. */
export function toDiagnostic(text: string): string | null {
  const line = toDisplayLine(text, REPORT_LIMITS.diagnosticCharacters)
  return line === '' ? null : line
}
