import { LOCALISED_MARKS, RFC_5256_MARKS } from './reply-marks.ts'

/** What is left of a subject without the marks of replies, forwards and lists, and whether a mark of a reply or forward was among them. */
export interface BaseSubject {
  readonly base: string
  readonly isReplyOrForward: boolean
}

interface Grammar {
  /** What counts as white space (step 1). */
  readonly space: RegExp
  /** `subj-leader`, but for a space. */
  readonly leader: RegExp
}

/** `subj-blob`. After step 1 white space is single spaces. */
const BLOB = String.raw`\[[^[\]]*\] ?`
const LEADING_BLOB = new RegExp(`^${BLOB}`, 'u')
const FORWARD_HEADER = '[fwd:'
const FORWARD_TRAILER = ']'
const TRAILER = '(fwd)'

/** To the letter: marks of English programs, a count only in brackets ("Re[2]:"). */
const RFC_5256: Grammar = { space: /[\t\r\n ]+/gu, leader: leaderOf(RFC_5256_MARKS, `(?:${BLOB})?`, ':') }

/** The same with marks of other languages, other ways to count ("Re(2):", "Re^2:", "Re2:"), any white space, and the colon of Asian scripts. */
const EXTENDED: Grammar = {
  space: /\s+/gu,
  leader: leaderOf(
    [...RFC_5256_MARKS, ...Object.values(LOCALISED_MARKS).flat()],
    String.raw`(?:${BLOB}|\(\d{1,3}\) ?|\^?\d{1,3} ?)?`,
    '[:：]',
  ),
}

/**
 * Reads the base subject by the steps of RFC 5256 section 2.1, of a subject whose encoded words are decoded. `localised` (the default)
 * extends the marks by those of other languages (`reply-marks.ts`); without it the algorithm is the RFC's to the letter. Never longer
 * than the subject; empty when nothing but marks is in it.
 */
export function parseBaseSubject(subject: string, { localised = true }: { readonly localised?: boolean } = {}): BaseSubject {
  const grammar = localised ? EXTENDED : RFC_5256
  let text = subject.replace(grammar.space, ' ')
  let isReplyOrForward = false
  for (;;) {
    const ended = removeTrailers(text)
    const begun = removeLeaders(ended.text, grammar.leader)
    isReplyOrForward ||= ended.marked || begun.marked
    text = begun.text
    const wrapped = startsWithMark(text, FORWARD_HEADER) && text.endsWith(FORWARD_TRAILER)
    if (!wrapped) {
      return { base: text, isReplyOrForward }
    }
    isReplyOrForward = true
    text = text.slice(FORWARD_HEADER.length, -FORWARD_TRAILER.length)
  }
}

/** The form of a base subject in which two are compared: without case and compatibility forms, near to i;unicode-casemap (RFC 5051). */
export function toSubjectKey(base: string): string {
  return base.normalize('NFKD').toUpperCase()
}

interface Removal {
  readonly text: string
  readonly marked: boolean
}

/** Step 2. */
function removeTrailers(subject: string): Removal {
  let text = subject.trimEnd()
  let marked = false
  while (text.slice(-TRAILER.length).toLowerCase() === TRAILER) {
    text = text.slice(0, -TRAILER.length).trimEnd()
    marked = true
  }
  return { text, marked }
}

/** Steps 3 to 5. */
function removeLeaders(subject: string, leader: RegExp): Removal {
  let text = subject.trimStart()
  let marked = false
  for (;;) {
    const length = leader.exec(text)?.[0].length ?? 0
    const rest = text.slice(length).trimStart()
    const blob = LEADING_BLOB.exec(rest)?.[0].length ?? 0
    const bare = rest.slice(blob)
    // A blob that is all there is, is the subject.
    const next = bare === '' ? rest : bare
    marked ||= length > 0
    if (next === text) {
      return { text, marked }
    }
    text = next
  }
}

function startsWithMark(text: string, mark: string): boolean {
  return text.slice(0, mark.length).toLowerCase() === mark
}

function leaderOf(marks: readonly string[], count: string, colon: string): RegExp {
  // The longest first: "fw" must not hide "fwd".
  const sorted = [...new Set(marks)].toSorted((a, b) => b.length - a.length)
  return new RegExp(`^(?:${BLOB})*(?:${sorted.join('|')}) ?${count}${colon}`, 'iu')
}
