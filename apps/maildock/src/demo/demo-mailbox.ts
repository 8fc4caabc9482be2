import { messageSource, type DemoPart, type DemoMessage } from './demo-message.ts'
import { FOREIGN_LETTERS, NEWSLETTERS, NOTICES, THREADS } from './demo-texts.ts'

/** A mailbox of the demo server: path as IMAP spells it (modified UTF-7), and its messages, oldest first. */
export interface DemoMailbox {
  readonly path: string
  readonly specialUse: string | null
  readonly messages: readonly DemoStoredMessage[]
}

export interface DemoStoredMessage {
  readonly uid: number
  readonly flags: readonly string[]
  readonly internalDate: Date
  /** One character per octet. */
  readonly source: string
}

export const DEMO_ADDRESS = 'demo@maildock.test'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
// 1×1 pixel PNG.
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='

interface Draft {
  readonly message: Omit<DemoMessage, 'date' | 'id'>
  readonly ageMs: number
  readonly flags: readonly string[]
}

/**
 * The mail of the demo: a few hundred messages of the kinds a real mailbox holds. The same `createdAt` gives the same
 * octets and the same UIDs, so that a restarted demo server is the same server.
 */
export function planDemoMailboxes(createdAt: Date): readonly DemoMailbox[] {
  return [
    store('INBOX', '\\Inbox', inbox(), createdAt),
    store('Drafts', '\\Drafts', drafts(), createdAt),
    store('Sent', '\\Sent', sent(), createdAt),
    store('Archive', '\\Archive', archive(), createdAt),
    store('Junk', '\\Junk', junk(), createdAt),
    store('Trash', '\\Trash', trash(), createdAt),
    store('Projects', null, project(), createdAt),
    store('Projects/&AMk-t&AOk-', null, foreign(), createdAt),
  ]
}

function store(path: string, specialUse: string | null, draftList: readonly Draft[], createdAt: Date): DemoMailbox {
  const oldestFirst = draftList.toSorted((a, b) => b.ageMs - a.ageMs)
  const messages = oldestFirst.map((draft, index) => {
    const date = new Date(createdAt.getTime() - draft.ageMs)
    const id = `${path.replaceAll(/[^A-Za-z]/gu, '').toLowerCase()}.${index + 1}`
    return { uid: index + 1, flags: draft.flags, internalDate: date, source: messageSource({ ...draft.message, date, id }) }
  })
  return { path, specialUse, messages }
}

function pick<T>(list: readonly [T, ...T[]], index: number): T {
  return list[index % list.length] ?? list[0]
}

function inbox(): Draft[] {
  const notices = Array.from({ length: 120 }, (_, index): Draft => {
    const notice = pick(NOTICES, index)
    return {
      message: {
        from: notice.from,
        to: DEMO_ADDRESS,
        subject: `${notice.subject} #${4200 - index}`,
        body: { kind: 'text', text: `${notice.text}\n\nReference: ${4200 - index}\n` },
      },
      ageMs: index * 0.7 * DAY_MS + (index % 7) * 97 * MINUTE_MS,
      flags: index < 6 ? [] : index % 9 === 0 ? ['\\Seen', '\\Flagged'] : ['\\Seen'],
    }
  })
  const letters = Array.from({ length: 60 }, (_, index): Draft => {
    const letter = pick(NEWSLETTERS, index)
    return {
      message: {
        from: letter.from,
        to: DEMO_ADDRESS,
        subject: `${letter.subject}, issue ${60 - index}`,
        headers: { 'List-Unsubscribe': '<https://news.example.com/unsubscribe>', Precedence: 'list' },
        body: {
          kind: 'alternative',
          text: letter.text,
          html: letterHtml(letter.subject, letter.text),
          inlineImage: index % 3 === 0 ? PIXEL : null,
        },
      },
      ageMs: index * 1.4 * DAY_MS + 200 * MINUTE_MS,
      flags: index % 4 === 0 ? [] : ['\\Seen', '$Newsletter'],
    }
  })
  return [...notices, ...letters, ...attachments(), ...conversations(), ...foreign()]
}

function letterHtml(title: string, text: string): string {
  const paragraphs = text.split('\n\n').map((paragraph) => `<p>${paragraph.replaceAll('\n', ' ')}</p>`)
  return `<!doctype html><html><body style="font-family:sans-serif"><img src="cid:logo" alt=""><h1>${title}</h1>${paragraphs.join('')}</body></html>`
}

function attachments(): Draft[] {
  const kinds: readonly [DemoPart, ...DemoPart[]] = [
    {
      filename: 'invoice-2041.pdf',
      contentType: 'application/pdf',
      base64: Buffer.from('%PDF-1.4\n% a demo invoice\n%%EOF\n').toString('base64'),
    },
    {
      filename: 'invite.ics',
      contentType: 'text/calendar; method=REQUEST; charset=utf-8',
      base64: Buffer.from(
        'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Maildock demo//EN\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:planning@example.com\r\nSUMMARY:Planning\r\nDTSTART:20260105T100000Z\r\nDTEND:20260105T110000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n',
      ).toString('base64'),
    },
    {
      filename: 'figures Ünïcode.csv',
      contentType: 'text/csv',
      base64: Buffer.from('month,total\n1,120\n2,140\n'.repeat(400)).toString('base64'),
    },
    { filename: 'photo.png', contentType: 'image/png', base64: PIXEL },
  ]
  return Array.from({ length: 24 }, (_, index): Draft => {
    const part = pick(kinds, index)
    return {
      message: {
        from: 'Accounting <accounting@example.com>',
        to: DEMO_ADDRESS,
        subject: `Document ${index + 1}: ${part.filename.split('.')[0] ?? 'file'}`,
        body: {
          kind: 'attachments',
          text: 'The document is attached.\n',
          parts: index % 5 === 0 ? [part, pick(kinds, index + 1)] : [part],
        },
      },
      ageMs: index * 3 * DAY_MS + 31 * MINUTE_MS,
      flags: ['\\Seen'],
    }
  })
}

function conversations(): Draft[] {
  return THREADS.flatMap((thread, threadIndex) =>
    thread.lines.map((line, index): Draft => {
      const root = `thread${threadIndex}`
      const earlier = Array.from({ length: index }, (_, position) => `${root}.${position}`)
      return {
        message: {
          from: index % 2 === 0 ? thread.from : `Demo <${DEMO_ADDRESS}>`,
          to: index % 2 === 0 ? DEMO_ADDRESS : thread.from,
          subject: index === 0 ? thread.subject : `Re: ${thread.subject}`,
          messageId: `${root}.${index}`,
          references: earlier,
          body: { kind: 'text', text: `${line}\n` },
        },
        ageMs: (threadIndex + 1) * 2.3 * DAY_MS - index * 47 * MINUTE_MS,
        flags: index === thread.lines.length - 1 ? [] : ['\\Seen', '\\Answered'],
      }
    }),
  )
}

function foreign(): Draft[] {
  return FOREIGN_LETTERS.map((letter, index) => ({
    message: {
      from: letter.from,
      to: DEMO_ADDRESS,
      subject: letter.subject,
      body: { kind: 'encoded', charset: letter.charset, base64: letter.base64 },
    },
    ageMs: (index + 1) * 5 * DAY_MS + 7 * MINUTE_MS,
    flags: ['\\Seen'],
  }))
}

function replies(count: number, subject: string, flags: readonly string[], firstAgeMs: number): Draft[] {
  return Array.from({ length: count }, (_, index) => ({
    message: {
      from: `Demo <${DEMO_ADDRESS}>`,
      to: 'Support <support@example.com>',
      subject: `${subject} ${count - index}`,
      body: { kind: 'text', text: `Thank you, that answers it.\n\nItem ${count - index} is closed on this side.\n` },
    },
    ageMs: firstAgeMs + index * 1.1 * DAY_MS,
    flags,
  }))
}

const drafts = (): Draft[] => replies(3, 'Unfinished note', ['\\Draft', '\\Seen'], DAY_MS)
const sent = (): Draft[] => replies(48, 'Re: Ticket', ['\\Seen'], 3 * MINUTE_MS * 60)
const archive = (): Draft[] => replies(30, 'Closed case', ['\\Seen'], 90 * DAY_MS)
const trash = (): Draft[] => replies(6, 'Old reminder', ['\\Seen', '\\Deleted'], 20 * DAY_MS)
const project = (): Draft[] => replies(12, 'Relaunch: step', ['\\Seen', '$Project'], 8 * DAY_MS)

function junk(): Draft[] {
  return Array.from({ length: 9 }, (_, index) => ({
    message: {
      from: 'Lucky Winner <winner@example.net>',
      to: DEMO_ADDRESS,
      subject: `You have won ${(index + 1) * 1000} coins`,
      body: { kind: 'broken', text: 'This message names a boundary that never comes.\n' },
    },
    ageMs: index * 4 * DAY_MS + 12 * MINUTE_MS,
    flags: ['$Junk'],
  }))
}
