/** hoodiecrow-imap 2.1 ships no types. This is the part of it the demo uses. */
declare module 'hoodiecrow-imap' {
  import type { Server } from 'node:tls'

  interface HoodiecrowMessage {
    raw: string
    uid?: number
    flags?: string[]
    internaldate?: Date | string
  }
  interface HoodiecrowMailbox {
    messages?: HoodiecrowMessage[]
    'special-use'?: string
    uidvalidity?: number
    folders?: Record<string, HoodiecrowMailbox>
    separator?: string
    type?: 'personal'
  }
  interface HoodiecrowServer {
    readonly server: Server
    listen(port: number, host: string, listening: () => void): void
    close(closed: () => void): void
    appendMessage(mailbox: string, flags: string[], internalDate: Date, raw: string): void
  }
  export default function hoodiecrow(options: {
    plugins: string[]
    secureConnection: boolean
    credentials: { key: string; cert: string }
    users: Record<string, { password: string }>
    storage: Record<string, HoodiecrowMailbox>
  }): HoodiecrowServer
}
