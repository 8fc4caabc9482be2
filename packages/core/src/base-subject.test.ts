import { describe, expect, it } from 'vitest'
import { parseBaseSubject, toSubjectKey } from './base-subject.ts'
import { LOCALISED_MARKS } from './reply-marks.ts'

const strictly = (subject: string) => parseBaseSubject(subject, { localised: false })

describe('the base subject of RFC 5256', () => {
  it.each([
    ['Hello', 'Hello', false],
    ['  Hello \t there\r\n you  ', 'Hello there you', false],
    ['Re: Hello', 'Hello', true],
    ['RE:Hello', 'Hello', true],
    ['re  : Hello', 'Hello', true],
    ['Fw: Hello', 'Hello', true],
    ['FWD: Hello', 'Hello', true],
    ['Re: Fwd: re: Hello', 'Hello', true],
    ['Re[2]: Hello', 'Hello', true],
    ['Re [list] : Hello', 'Hello', true],
    ['[list] Hello', 'Hello', false],
    ['[list] [more] Re: [again] Hello', 'Hello', true],
    ['[list]Re: Hello', 'Hello', true],
    ['Hello (fwd)', 'Hello', true],
    ['Hello(FWD) (fwd)  ', 'Hello', true],
    ['[Fwd: Hello]', 'Hello', true],
    ['[fwd: Re: [fwd: Hello (fwd)]]', 'Hello', true],
    ['Re: [fwd: [list] Hello]', 'Hello', true],
    // A blob is the subject when nothing else is.
    ['[list]', '[list]', false],
    ['[one] [two]', '[two]', false],
    ['Re: [list]', '[list]', true],
    // Not marks.
    ['Re', 'Re', false],
    ['Regarding: Hello', 'Regarding: Hello', false],
    ['Hello Re: you', 'Hello Re: you', false],
    ['[a [b] Hello', '[a [b] Hello', false],
    ['Re [ : Hello', 'Re [ : Hello', false],
    ['[fwd: Hello] again', 'again', false],
    ['Hello (forward)', 'Hello (forward)', false],
    ['AW: Hello', 'AW: Hello', false],
    ['Re(2): Hello', 'Re(2): Hello', false],
    // Nothing is left.
    ['', '', false],
    ['Re:', '', true],
    ['Re: Fwd: ', '', true],
    ['(fwd)', '', true],
    ['[fwd:]', '', true],
  ])('of %j is %j', (subject, base, isReplyOrForward) => {
    expect(strictly(subject)).toEqual({ base, isReplyOrForward })
  })
})

describe('beyond the RFC', () => {
  it.each([
    'AW: Hello',
    'WG: AW: Hello',
    'Antw: Hello',
    'SV: VS: Hello',
    'RV: Hello',
    'RE\u00A0: Hello',
    'Re(2): Hello',
    'Re^3: Hello',
    'Re2: Hello',
    'Aw[12]: Hello',
    'Odp: Hello',
    '回复：Hello',
    'İLT: Hello',
    '[list] TR : Hello',
  ])('%j is a reply to Hello', (subject) => {
    expect(parseBaseSubject(subject)).toEqual({ base: 'Hello', isReplyOrForward: true })
  })

  it('knows each mark of the table, in capitals too', () => {
    for (const mark of Object.values(LOCALISED_MARKS).flat()) {
      expect(parseBaseSubject(`${mark}: Hello`)).toEqual({ base: 'Hello', isReplyOrForward: true })
      expect(parseBaseSubject(`${mark.toUpperCase()} : Hello`)).toEqual({ base: 'Hello', isReplyOrForward: true })
    }
  })

  it.each(['Save: Hello', 'R: Hello', 'I: Hello', 'Awards: Hello', 'Resume: Hello'])('%j is none', (subject) => {
    expect(parseBaseSubject(subject)).toEqual({ base: subject, isReplyOrForward: false })
  })

  it.each(['re:', '[a]', '[fwd:', '(fwd)', '[a', 're[', ' ', 're ', '[re:'])(
    'takes %j a thousand times without taking its time',
    (piece) => {
      const begunAt = Date.now()
      parseBaseSubject(piece.repeat(1_000))
      expect(Date.now() - begunAt).toBeLessThan(1_000)
    },
  )
})

describe('toSubjectKey', () => {
  it.each([
    ['Hello', 'HELLO'],
    ['Größe', 'GRÖSSE'],
    ['Größe', 'Gro\u0308ße'],
    ['ﬁle', 'FILE'],
    ['Ｈｅｌｌｏ', 'hello'],
  ])('of %j and %j is one', (one, other) => {
    expect(toSubjectKey(one)).toBe(toSubjectKey(other))
  })
})
