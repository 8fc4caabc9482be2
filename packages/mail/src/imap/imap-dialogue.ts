import { ServerRefusal } from '../refusal.ts'
import { ProtocolViolation, type LineStream } from '../wire/line-stream.ts'
import { parseCapabilities, parseImapStatus, type ImapStatus } from './imap-response.ts'

const MAX_LINES_PER_COMMAND = 500

/** Answers a continuation request. Undefined: there is nothing more to say, the exchange is cancelled. */
export type ContinueCommand = (challenge: string) => Buffer | string | undefined

/**
 * The few commands before a library takes over: greeting, CAPABILITY, STARTTLS, login, LIST (RFC 3501 and 9051). One at a time; every answer
 * is bounded in lines and octets.
 */
export class ImapDialogue {
  readonly #lines: LineStream
  #commands = 0
  #alert = ''
  capabilities: ReadonlySet<string> | null = null

  constructor(lines: LineStream) {
    this.#lines = lines
  }

  /**
   * Reads the greeting. PREAUTH is refused: a session that is open to anybody proves nothing about a password.
   *
   * @throws ServerRefusal for BYE, ProtocolViolation for everything but OK.
   */
  async readGreeting(): Promise<void> {
    const line = await this.#lines.readLine()
    const greeting = /^\*\s/u.test(line) ? parseImapStatus(line.slice(1)) : null
    if (greeting?.status === 'BYE') throw new ServerRefusal(toFacts(greeting, ''))
    if (greeting?.status !== 'OK') throw new ProtocolViolation('not an IMAP greeting', line)
    this.#note(greeting)
  }

  async fetchCapabilities(): Promise<ReadonlySet<string>> {
    if (this.capabilities === null) await this.run('CAPABILITY')
    // A server that answered and listed nothing is not asked again.
    this.capabilities ??= new Set()
    return this.capabilities
  }

  /**
   * Sends one command and waits for its tagged OK.
   *
   * @throws ServerRefusal for NO, BAD and BYE, ProtocolViolation, ConnectionLost.
   */
  async run(command: string | Buffer, onContinue?: ContinueCommand): Promise<void> {
    this.#commands += 1
    const tag = `M${this.#commands}`
    this.#lines.write(Buffer.concat([Buffer.from(`${tag} `), Buffer.from(command), Buffer.from('\r\n')]))
    let cancelled = false
    for (let count = 0; count < MAX_LINES_PER_COMMAND; count += 1) {
      const line = await this.#readResponse()
      if (line.startsWith('+')) {
        if (cancelled) throw new ProtocolViolation('asks on after the exchange was cancelled', line)
        const answer = onContinue?.(line.slice(1).trim())
        cancelled = answer === undefined
        this.#lines.write(Buffer.concat([Buffer.from(answer ?? '*'), Buffer.from('\r\n')]))
      } else if (/^\*\s/u.test(line)) {
        this.#readUntagged(line.slice(1).trim())
      } else if (line.slice(0, tag.length + 1).toUpperCase() === `${tag} `) {
        return this.#readTagged(line.slice(tag.length))
      } else if (line.trim() !== '') {
        // Some servers send an empty line in between; anything else breaks the protocol.
        throw new ProtocolViolation('not an IMAP response', line)
      }
    }
    throw new ProtocolViolation('more lines than one command deserves')
  }

  #readTagged(rest: string): void {
    const status = parseImapStatus(rest)
    if (status === null) throw new ProtocolViolation('not an IMAP status', rest)
    if (status.status !== 'OK') throw new ServerRefusal(toFacts(status, this.#alert))
    this.#note(status)
  }

  #readUntagged(rest: string): void {
    const capabilities = /^CAPABILITY\s(.*)$/isu.exec(rest)
    if (capabilities !== null) this.capabilities = parseCapabilities(capabilities[1] ?? '')
    const status = parseImapStatus(rest)
    if (status === null) return
    if (status.status === 'BYE') throw new ServerRefusal(toFacts(status, this.#alert))
    this.#note(status)
  }

  #note(status: ImapStatus): void {
    if (status.code === 'CAPABILITY') this.capabilities = parseCapabilities(status.codeArguments)
    // RFC 9051 section 7.1: an ALERT has to reach the user. It does so with the failure that follows it.
    if (status.code === 'ALERT') this.#alert = status.text
  }

  /** One response; literals in it are read and left out. */
  async #readResponse(): Promise<string> {
    let response = await this.#lines.readLine()
    for (let count = 0; count < 20; count += 1) {
      const literal = /\{(\d{1,10})\+?\}$/u.exec(response)
      if (literal === null || response.startsWith('+')) return response
      await this.#lines.readOctets(Number(literal[1]))
      response = response.slice(0, literal.index) + (await this.#lines.readLine())
    }
    throw new ProtocolViolation('too many literals')
  }
}

function toFacts(status: ImapStatus, alert: string): ServerRefusal['facts'] {
  const text = [alert, status.text].filter((part) => part !== '').join(' ')
  return { responseStatus: status.status === 'BAD' || status.status === 'BYE' ? status.status : 'NO', responseCode: status.code, text }
}
