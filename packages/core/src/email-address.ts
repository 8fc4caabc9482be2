import { z } from 'zod'
import { isOneLine } from './storable-text.ts'

// A dot-atom or quoted local part of any script, and a domain with at least one label. Lenient on purpose: the mail
// server is the judge; what is refused here could break a protocol line or a log.
const ADDRESS = /^(?:"(?:[^"\\\r\n]|\\[^\r\n])+"|[^\s"(),:;<>@[\\\]]+)@[^\s"(),:;<>@[\\\]]+$/u
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/u

/** An e-mail address (RFC 5321 mailbox, RFC 6531 scripts), at most 254 octets. */
export const EmailAddress = z
  .string()
  .refine(isOneLine, 'This is not an e-mail address.')
  .trim()
  .min(3, 'Enter an e-mail address.')
  .max(254, 'An e-mail address has at most 254 characters.')
  .refine((value) => ADDRESS.test(value) && !CONTROL.test(value) && value.isWellFormed(), 'This is not an e-mail address.')
  .meta({ description: 'E-mail address.', examples: ['hello@yourdomain.com'] })

/**
 * The key under which an address counts as the same: NFC, case folded in local part and domain (contract: "case-insensitive
 * in the domain and the local part"). For comparison only, never for sending.
 */
export function toEmailKey(address: string): string {
  return address.trim().normalize('NFC').toLowerCase()
}
