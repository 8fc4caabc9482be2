import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildLogin, planLoginMethods } from './imap-login.ts'

describe('planLoginMethods', () => {
  test.each([
    [
      ['IMAP4REV1', 'AUTH=PLAIN', 'AUTH=LOGIN'],
      ['AUTH=PLAIN', 'LOGIN', 'AUTH=LOGIN'],
    ],
    [['IMAP4REV1'], ['LOGIN']],
    [['IMAP4REV1', 'LOGINDISABLED', 'AUTH=PLAIN'], ['AUTH=PLAIN']],
    [['IMAP4REV1', 'LOGINDISABLED', 'AUTH=LOGIN'], ['AUTH=LOGIN']],
    [['IMAP4REV1', 'LOGINDISABLED', 'AUTH=XOAUTH2'], []],
    [[], ['LOGIN']],
  ])('%j offers %j', (capabilities, methods) => {
    expect(planLoginMethods(new Set(capabilities))).toEqual(methods)
  })
})

function build(username: string, password: string, ...capabilities: readonly string[]): readonly string[] {
  const { command, literals } = buildLogin(username, password, new Set(capabilities))
  return [command, ...literals].map((part) => part.toString('utf8'))
}

describe('buildLogin', () => {
  test.each([
    [build('ada', 'secret'), ['LOGIN "ada" "secret"']],
    [build('a"b\\c', ' '), ['LOGIN "a\\"b\\\\c" " "']],
    [build('ada', 'p\u00e4ss'), ['LOGIN "ada" {5}', 'p\u00e4ss']],
    [build('\u00e4da', 'secret'), ['LOGIN {4}', '\u00e4da "secret"']],
    [build('\u00e4da', 'p\u00e4ss'), ['LOGIN {4}', '\u00e4da {5}', 'p\u00e4ss']],
    [build('ada', 'p\u00e4ss', 'LITERAL+'), ['LOGIN "ada" {5+}\r\np\u00e4ss']],
    [build('ada', 'p\u00e4ss', 'LITERAL-'), ['LOGIN "ada" {5+}\r\np\u00e4ss']],
    [build('ada', '\u00e4'.repeat(3000), 'LITERAL-'), ['LOGIN "ada" {6000}', '\u00e4'.repeat(3000)]],
  ])('%j', (parts, expected) => {
    expect(parts).toEqual(expected)
  })

  // S43: whatever is typed as user name or password, one command leaves, and a line end is only ever inside a counted literal.
  test('never lets a value end the command line', () => {
    const value = fc.string({ unit: 'binary', maxLength: 200 })
    fc.assert(
      fc.property(value, value, fc.boolean(), (username, password, literalPlus) => {
        const { command, literals } = buildLogin(username, password, new Set(literalPlus ? ['LITERAL+'] : []))
        const wire = Buffer.concat([command, ...literals.map((part) => Buffer.concat([Buffer.from('\r\n'), part]))]).toString('latin1')
        expect(readLogin(wire)).toEqual([username, password].map((text) => Buffer.from(text).toString('latin1')))
      }),
    )
  })
})

/** Reads LOGIN as a strict RFC 3501 server does, octet by octet. */
function readLogin(wire: string): readonly string[] {
  const values: string[] = []
  let rest = wire.slice('LOGIN'.length)
  while (rest !== '') {
    const quoted = /^ "((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"/u.exec(rest)
    const literal = /^ \{(\d+)\+?\}\r\n/u.exec(rest)
    if (quoted !== null) {
      values.push((quoted[1] ?? '').replaceAll(/\\(["\\])/gu, '$1'))
      rest = rest.slice(quoted[0].length)
    } else if (literal !== null) {
      const begin = literal[0].length
      values.push(rest.slice(begin, begin + Number(literal[1])))
      rest = rest.slice(begin + Number(literal[1]))
    } else {
      throw new Error(`a server would stumble here: ${JSON.stringify(rest.slice(0, 50))}`)
    }
  }
  return values
}
