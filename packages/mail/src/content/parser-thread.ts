import { parentPort } from 'node:worker_threads'
import { answerRequest, type ParseReply, type ParseRequest } from './answer-request.ts'

/** A thread of the pool in open-parser.ts: reads what it is sent, and nothing else. */
parentPort?.on('message', (request: ParseRequest) => {
  const { reply, transfer } = answerRequest(request)
  parentPort?.postMessage(reply, transfer)
})
parentPort?.postMessage({ ready: true } satisfies ParseReply, [])
