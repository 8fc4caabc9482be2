import type { NextFunction, Request, Response } from 'express'
import { newRequestId } from './request-id.ts'

const HEADER = 'X-Request-Id'

/** First of all: names the request. Every answer carries the name, whoever gives it. */
export function openRequest(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader(HEADER, newRequestId())
  next()
}

/** The name of the request that a response answers. */
export function requestIdOf(response: Response): string {
  return String(response.getHeader(HEADER))
}
