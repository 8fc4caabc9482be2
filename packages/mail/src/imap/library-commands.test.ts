import { describe, expect, it } from 'vitest'
import type { ResponseLine } from '../wire/response-scanner.ts'
import { LibraryCommands } from './library-commands.ts'
import { MailboxCount } from './mailbox-count.ts'
import { readResponseHead, type ResponseHead } from './response-head.ts'

interface Stand {
  readonly count: MailboxCount
  readonly commands: LibraryCommands
  readonly write: (text: string) => void
  readonly say: (text: string) => void
}

function createStand(): Stand {
  const count = new MailboxCount()
  const commands = new LibraryCommands(count)
  return {
    count,
    commands,
    write: (text) => commands.noteWrite(Buffer.from(text)),
    say: (text) => {
      const octets = Buffer.from(text)
      const line: ResponseLine = { octets, start: 0, end: octets.length, literal: -1 }
      const head: ResponseHead = { tag: '', number: -1, keyword: '', rest: 0 }
      readResponseHead(line, head)
      commands.noteResponse(head, line)
    },
  }
}

describe('LibraryCommands', () => {
  it.each<[string, string[], string[], boolean]>([
    ['none', [], [], false],
    ['one', ['A NOOP\r\n'], ['* 1 EXISTS', 'B OK of another'], true],
    ['one that is answered', ['A NOOP\r\n'], ['A OK done'], false],
    ['one that is refused', ['A NOOP\r\n'], ['A NO'], false],
    ['one that is refused without its tag', ['A NOOP\r\n'], ['BAD what?'], false],
    ['IDLE that has ended', ['A IDLE\r\n', 'DONE\r\n'], ['+ idling', 'A OK done'], false],
    ['IDLE that has not', ['A IDLE\r\n', 'DONE\r\n'], ['+ idling', '* OK still here'], true],
    ['one whose literal looks like another', ['A STATUS {9}\r\n', 'B EXAMINE', ' (MESSAGES)\r\n'], ['+ go', 'A OK done'], false],
    ['one after the other', ['A NOOP\r\n', 'B NOOP\r\n'], ['A OK done'], true],
  ])('knows of %s', (_what, written, said, isBusy) => {
    const stand = createStand()
    for (const text of written) stand.write(text)
    for (const text of said) stand.say(text)
    expect(stand.commands.isBusy).toBe(isBusy)
  })

  it('tells when there is none any more', async () => {
    const { commands, write, say } = createStand()
    await commands.untilQuiet()
    write('A NOOP\r\n')
    const quiet = commands.untilQuiet()
    say('A OK done')
    await quiet
    expect(commands.isBusy).toBe(false)
  })

  it.each<[string, string[], number]>([
    ['what EXAMINE says', ['* 3 EXISTS'], 3],
    ['what comes', ['* 3 EXISTS', '* 4 EXISTS'], 4],
    ['what goes', ['* 3 EXISTS', '* 1 EXPUNGE', '* 1 expunge'], 1],
    ['nothing that was not there', ['* 1 EXISTS', '* 2 EXPUNGE', '* 0 EXPUNGE'], 1],
    ['what vanishes (RFC 7162)', ['* 9 EXISTS', '* VANISHED 5,8:10'], 5],
    ['more that vanishes than there was', ['* 9 EXISTS', '* VANISHED 1:4294967295'], 0],
    ['nothing that vanished earlier', ['* 9 EXISTS', '* VANISHED (EARLIER) 1:5'], 9],
    ['no number beyond 32 bits (faults A14)', ['* 9 EXISTS', '* 99999999999 EXISTS'], 9],
    ['nothing else that begins with a number', ['* 9 EXISTS', '* 5 RECENT', '* 1 FETCH (UID 5)', 'A 5 EXISTS'], 9],
  ])('counts %s', (_what, said, exists) => {
    const stand = createStand()
    for (const text of said) stand.say(text)
    expect(stand.count.exists).toBe(exists)
  })

  it.each(['A EXAMINE INBOX\r\n', 'A select INBOX\r\n', 'A EXAMINE {5}\r\n'])(
    'forgets the count of the mailbox before at %j',
    (command) => {
      const stand = createStand()
      stand.say('* 9 EXISTS')
      stand.write('9 STATUS INBOX\r\n')
      expect(stand.count.exists).toBe(9)
      stand.write(command)
      expect(stand.count.exists).toBe(0)
    },
  )
})
