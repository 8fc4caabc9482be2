import { parentPort } from 'node:worker_threads'
import { answerRequest, type ParseRequest } from '../../src/content/answer-request.ts'

/** Obeys a message that gives an order: hang, die, throw, eat memory, fail; any other message is read. */
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
  if (texts.includes('eat')) {
    const eaten: number[][] = []
    for (;;) {
      eaten.push(Array.from({ length: 100_000 }, () => Math.random()))
    }
  }
  const { reply, transfer } = answerRequest(request)
  if ('read' in reply) {
    const read = reply.read.map((source, index) => (texts[index] === 'fail' ? { failure: 'RangeError' } : source))
    parentPort?.postMessage({ ...reply, read }, transfer)
  }
})
parentPort?.postMessage({ ready: true }, [])
