import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseCapabilities, parseImapStatus } from './imap-response.ts'

describe('parseImapStatus', () => {
  test.each([
    ['OK done', 'OK', undefined, '', 'done'],
    ['NO [AUTHENTICATIONFAILED] Invalid', 'NO', 'AUTHENTICATIONFAILED', '', 'Invalid'],
    ['no   [alert]   Read this', 'NO', 'ALERT', '', 'Read this'],
    ['OK [CAPABILITY IMAP4rev1 IDLE] hi', 'OK', 'CAPABILITY', 'IMAP4rev1 IDLE', 'hi'],
    ['NO [WEBALERT https://x.example/a?b=c] Go', 'NO', 'WEBALERT', 'https://x.example/a?b=c', 'Go'],
    ['BYE', 'BYE', undefined, '', ''],
    ['NO [] odd', 'NO', undefined, '', '[] odd'],
    ['NO [unclosed', 'NO', undefined, '', '[unclosed'],
    ['OK[ALERT] tight', 'OK', 'ALERT', '', 'tight'],
  ])('%s', (line, status, code, codeArguments, text) => {
    expect(parseImapStatus(line)).toEqual({ status, code, codeArguments, text })
  })

  test.each(['', 'OKAY', 'CAPABILITY IMAP4rev1', '1 EXISTS', 'NOPE', 'HTTP/1.1 200 OK'])('%j is no status', (line) => {
    expect(parseImapStatus(line)).toBeNull()
  })
})

describe('parseCapabilities', () => {
  test('reads names in any case, and leaves out what could end a line', () => {
    expect([...parseCapabilities(' imap4rev1  AUTH=PLAIN LITERAL+ x]y a"b (c) ')]).toEqual(['IMAP4REV1', 'AUTH=PLAIN', 'LITERAL+'])
  })

  test('is bounded, and every name is an atom', () => {
    const lists = fc.sample(fc.string({ maxLength: 5000, unit: 'binary' }), 300)
    const names = lists.flatMap((list) => [...parseCapabilities(list)])
    expect(names.filter((name) => /[\s\]()"\\{}]|[^\x21-\x7e]/u.test(name))).toEqual([])
    expect(parseCapabilities('A'.repeat(10).concat(' B1'.repeat(5000))).size).toBeLessThanOrEqual(200)
  })
})
