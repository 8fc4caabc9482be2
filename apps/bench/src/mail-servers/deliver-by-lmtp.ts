import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface Delivery {
  readonly username: string
  readonly messageIdHeader: string
}

const DEADLINE_MS = 30_000

/**
 * Delivers a small message into INBOX, as a mail server does (LMTP, RFC 2033).
 * @returns when its last octets were handed over, in the time of `performance.now()`
 */
export async function deliverByLmtp(socketPath: string, { username, messageIdHeader }: Delivery): Promise<number> {
  const socket = connect(socketPath)
  socket.setTimeout(DEADLINE_MS, () => socket.destroy(new Error('The LMTP server does not answer.')))
  try {
    await expectReply(socket, '220')
    for (const [command, reply] of [
      ['LHLO bench.example', '250'],
      ['MAIL FROM:<sender@bench.example>', '250'],
      [`RCPT TO:<${username}>`, '250'],
      ['DATA', '354'],
    ] as const) {
      socket.write(`${command}\r\n`)
      await expectReply(socket, reply)
    }
    socket.write(compose(username, messageIdHeader))
    const handedOverAt = performance.now()
    socket.write('.\r\n')
    await expectReply(socket, '250')
    return handedOverAt
  } finally {
    socket.destroy()
  }
}

/** Reads one reply, all of its lines. @throws when it is another one, or the connection ends */
async function expectReply(socket: Socket, code: string): Promise<void> {
  for (let text = ''; ;) {
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    text += chunk.toString('latin1')
    const last = /^(\d{3}) .*\r\n$/mu.exec(text)
    if (last === null) continue
    if (last[1] !== code) throw new Error(`The LMTP server answered: ${text.trim()}`)
    return
  }
}

function compose(username: string, messageIdHeader: string): string {
  const header = [
    'From: Sender <sender@bench.example>',
    `To: <${username}>`,
    'Subject: News',
    `Message-ID: ${messageIdHeader}`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
  ]
  return `${header.join('\r\n')}\r\n\r\nSomething happened.\r\n`
}
