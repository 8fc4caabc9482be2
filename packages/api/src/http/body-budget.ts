import { MAX_SOURCE_OCTETS, MaildockError } from '@maildock/core'
import type { Request, Response } from 'express'
import { createTextReader } from './request-guard.ts'
import { translateHttpError } from './translate-http-error.ts'

/** What a message of the largest size is as JSON: attachments are base64 there as in the message, and text may be escaped. */
export const MAX_SEND_BODY_OCTETS = MAX_SOURCE_OCTETS + 12 * 1024 * 1024

/** Octets of large bodies that are held at once, by all requests. One that has no length counts as the largest it may be. */
const BUDGET_OCTETS = 192 * 1024 * 1024
/** Smaller ones are always read: they are what nearly everybody sends. */
const SMALL_OCTETS = 256 * 1024

/** Bounds what large bodies take of memory, however many callers post one at once. */
export interface BodyBudget {
  /** Makes a reader of JSON bodies as text, up to a size. The octets are given back when the answer is sent. @throws MaildockError service.unavailable, and what the reader of bodies throws */
  createReader(maxOctets: number): (request: Request, response: Response) => Promise<unknown>
}

export function createBodyBudget(budgetOctets = BUDGET_OCTETS): BodyBudget {
  let held = 0
  return {
    createReader: (maxOctets) => {
      const readText = createTextReader(maxOctets)
      return async (request, response) => {
        const octets = Math.min(Number(request.headers['content-length'] ?? maxOctets), maxOctets)
        if (response.destroyed || response.closed) {
          // The caller is gone: nothing would tell when to give back what is counted here.
          throw new MaildockError('request.malformed')
        }
        if (octets > SMALL_OCTETS) {
          if (held + octets > budgetOctets) {
            throw new MaildockError('service.unavailable', { retryAfterSeconds: 1 })
          }
          held += octets
          response.once('close', () => {
            held -= octets
          })
        }
        await new Promise<void>((resolve, reject) => {
          readText(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(translateHttpError(error))))
        })
        return request.body as unknown
      }
    },
  }
}
