import { z } from 'zod'
import { isOneLine } from './storable-text.ts'

export const MAIL_PROTOCOLS = ['imap', 'smtp'] as const
export type MailProtocol = (typeof MAIL_PROTOCOLS)[number]

/** How TLS begins (RFC 8314): at once, or after STARTTLS. There is no third way. */
export const TlsMode = z.enum(['implicit', 'starttls']).meta({
  description:
    'How TLS begins. Default by port: 993 and 465 implicit; 143, 587, 25 and 2525 STARTTLS; any other port is tried implicit, then STARTTLS.',
})
export type TlsMode = z.infer<typeof TlsMode>

const TLS_BY_PORT: ReadonlyMap<number, TlsMode> = new Map([
  [993, 'implicit'],
  [465, 'implicit'],
  [143, 'starttls'],
  [587, 'starttls'],
  [25, 'starttls'],
  [2525, 'starttls'],
])

/** The TLS modes to try for a server, in order. One entry where the mode is given or the port says it, else two. */
export function planTlsModes(port: number, tls?: TlsMode): readonly [TlsMode, ...TlsMode[]] {
  const known = tls ?? TLS_BY_PORT.get(port)
  return known === undefined ? ['implicit', 'starttls'] : [known]
}

/** Ports that may be dialled without configuration. */
export const DEFAULT_MAIL_PORTS: readonly number[] = [25, 143, 465, 587, 993, 2525]

/** One server of an account, as stored: the TLS mode is always settled. */
export interface MailServer {
  readonly protocol: MailProtocol
  readonly host: string
  readonly port: number
  readonly tls: TlsMode
}

const HOST = /^(?:\[[0-9a-f:.%]+\]|[^\s\u0000-\u001f\u007f/@#?\\[\]]+)$/iu

/** A host name (any script), or an IP literal, brackets allowed. Whether it may be dialled is decided by the egress policy. */
export const MailHost = z
  .string()
  .refine(isOneLine, 'This is not a server name.')
  .trim()
  .min(1, 'Enter the server name.')
  .max(253, 'A server name has at most 253 characters.')
  .regex(HOST, 'This is not a server name.')
  .meta({ description: 'Server host name.', examples: ['imap.yourdomain.com'] })

export const MailPort = z
  .int({ error: ({ input }) => (input === undefined ? undefined : 'A port is a whole number.') })
  .min(1, 'A port is a number from 1 to 65535.')
  .max(65_535, 'A port is a number from 1 to 65535.')
  .meta({ description: 'Server port.', examples: [993] })
