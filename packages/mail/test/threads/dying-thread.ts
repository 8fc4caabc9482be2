import { parentPort } from 'node:worker_threads'
import { prepareContent } from '../../src/content/prepare-content.ts'
import type { ParseRequest } from '../../src/content/parser-thread.ts'

/** Obeys the message it is given: hang, die, throw, eat memory; any other message is read. */
parentPort?.on('message', ({ id, source, now }: ParseRequest) => {
  const text = Buffer.from(source).toString('latin1')
  if (text === 'hang') {
    for (;;) {
      Math.random()
    }
  }
  if (text === 'die') {
    process.exit(1)
  }
  if (text === 'throw') {
    throw new TypeError('from the thread')
  }
  if (text === 'eat') {
    const eaten: number[][] = []
    for (;;) {
      eaten.push(Array.from({ length: 100_000 }, () => Math.random()))
    }
  }
  const reply = text === 'fail' ? { id, failure: 'RangeError' } : { id, content: prepareContent(source, now) }
  parentPort?.postMessage(reply, [])
})
parentPort?.postMessage({ ready: true }, [])
