import { splitAtBlanks, toTextPieces } from './header-text.ts'

/** A field a caller adds to a message: `List-Unsubscribe`, `X-Campaign`. */
export interface ExtraHeader {
  readonly name: string
  readonly value: string
}

/**
 * malformed_name: no field name. reserved_name: the message or its way says what is in this field. malformed_value: empty, or not one line.
 * too_long: it could not be folded.
 */
export type HeaderProblem = 'malformed_name' | 'reserved_name' | 'malformed_value' | 'too_long'

/** `index` is the place in the list that was given. */
export interface RefusedHeader {
  readonly index: number
  readonly problem: HeaderProblem
}

export type ParsedExtraHeaders =
  | { readonly ok: true; readonly headers: readonly ExtraHeader[] }
  | { readonly ok: false; readonly refused: readonly RefusedHeader[] }

/** Narrower than RFC 5322 section 3.6.8 allows: what real fields are named with. */
const FIELD_NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/u
const MAX_PIECE_LENGTH = 900
const MAX_VALUE_LENGTH = 10_000

/** Fields that say who, when, what and which way: a second one beside ours would be read by some instead of ours. In lower case. */
const RESERVED: ReadonlySet<string> = new Set(
  [
    'from sender to cc bcc reply-to subject date message-id in-reply-to references mime-version',
    'dkim-signature domainkey-signature authentication-results received received-spf return-path',
    'apparently-to delivered-to envelope-to x-original-to',
  ].flatMap((names) => names.split(' ')),
)
const RESERVED_BEGINNINGS: readonly string[] = ['content-', 'resent-', 'arc-']

/** What is wrong with a field name, or null. */
export function checkHeaderName(name: string): 'malformed_name' | 'reserved_name' | null {
  if (!FIELD_NAME.test(name)) return 'malformed_name'
  const lowered = name.toLowerCase()
  const isReserved = RESERVED.has(lowered) || RESERVED_BEGINNINGS.some((beginning) => lowered.startsWith(beginning))
  return isReserved ? 'reserved_name' : null
}

/** Reads the fields a caller wants to add: all of them, in their order, or what is wrong with each that is not possible. Pure. */
export function parseExtraHeaders(entries: readonly ExtraHeader[]): ParsedExtraHeaders {
  const refused = entries.flatMap(({ name, value }, index) => {
    const problem = checkHeaderName(name) ?? checkHeaderValue(value)
    return problem === null ? [] : [{ index, problem }]
  })
  if (refused.length > 0) return { ok: false, refused }
  return { ok: true, headers: entries.map(({ name, value }) => ({ name, value: value.replaceAll('\t', ' ').trim() })) }
}

function checkHeaderValue(value: string): HeaderProblem | null {
  const line = value.replaceAll('\t', ' ').trim()
  if (line === '' || /[\p{Cc}\u2028\u2029]/u.test(line) || !line.isWellFormed()) return 'malformed_value'
  return line.length > MAX_VALUE_LENGTH || toValuePieces(line).some((piece) => piece.length > MAX_PIECE_LENGTH) ? 'too_long' : null
}

/** A value as pieces of a field. What is ASCII stays as it is: many of these fields have a syntax that encoded words would break. */
export function toValuePieces(line: string): readonly string[] {
  return /^[\u0020-\u007e]*$/u.test(line) ? splitAtBlanks(line) : toTextPieces('', line)
}
