import { MaildockError } from '@maildock/core'
import type { RequestHandler } from 'express'
import { sendRestError } from '../rest/send-rest.ts'

/** Answers 405 and names the methods that the address does answer to. Comes after their handlers. `GET` brings `HEAD` along. */
export function refuseMethod(methods: readonly string[]): RequestHandler {
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].join(', ')
  return (_request, response) => {
    response.setHeader('Allow', allow)
    sendRestError(response, new MaildockError('route.method_not_allowed'))
  }
}
