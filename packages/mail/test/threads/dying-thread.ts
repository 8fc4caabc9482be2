import { parentPort } from 'node:worker_threads'
import { answerRequest, type ParseRequest } from '../../src/content/answer-request.ts'

/** What reading it fails at. */
const NO_SOURCE = null as unknown as Uint8Array

/** Obeys a message that gives an order: hang, die, throw, quote itself in an error, eat memory, fail; any other message is read. */
parentPort?.on('message', (request: ParseRequest) => {
  const texts = request.sources.map((source) => Buffer.from(source).toString('latin1'))
  if (texts.includes('hang')) {
    for (;;) {
      Math.random()
    }
  }
  if (texts.includes('die')) {
    process.exit(1)
  }
  if (texts.includes('throw')) {
    throw new TypeError('from the thread')
  }
  const quoted = texts.find((text) => text.startsWith('quote'))
  if (quoted !== undefined) {
    throw new TypeError(`cannot read:\n    at ${quoted}`)
  }
  if (texts.includes('eat')) {
    const eaten: number[][] = []
    for (;;) {
      eaten.push(Array.from({ length: 100_000 }, () => Math.random()))
    }
  }
  const sources = request.sources.map((source, index) => (texts[index] === 'fail' ? NO_SOURCE : source))
  const { reply, transfer } = answerRequest({ ...request, sources })
  parentPort?.postMessage(reply, transfer)
})
parentPort?.postMessage({ ready: true }, [])
