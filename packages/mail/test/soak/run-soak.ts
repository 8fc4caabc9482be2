import { parseArgs } from 'node:util'
import { listCorpusMessages } from '@maildock/testkit'
import { openParser } from '../../src/content/open-parser.ts'
import { findContentFault } from '../fixture/find-content-fault.ts'
import { listHardMail } from '../fixture/hard-mail/list-hard-mail.ts'
import { createDraw, mutate, truncate } from '../fixture/mutate-message.ts'

/**
 * Reads mutations of every message of the corpora, and of ours that are hard to read, for as long as one likes: `run-soak.ts --runs 1000`; each run
 * mutates each message once, and every tenth cuts each at every hundredth. Each is read twice: what is read must be the same, bounded, storable, and
 * the source as it was. A run that failed is repeated by `--seed`. Ends with 1 when any mutation was not read well.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    from: { type: 'string', default: '1' },
    runs: { type: 'string', default: '100' },
  },
})

const first = Number(values.seed ?? values.from)
const runs = values.seed === undefined ? Number(values.runs) : 1
const corpus = [...listCorpusMessages(), ...listHardMail()]
let read = 0
let failed = 0

await using parser = openParser()
for (let seed = first; seed < first + runs; seed += 1) {
  const draw = createDraw(seed)
  for (const { name, raw } of corpus) {
    const other = corpus[draw(corpus.length)]?.raw ?? raw
    const sources = [mutate(raw, other, draw), ...(seed % 10 === 0 ? truncate(raw, 100) : [])]
    const [contents, again] = [await parser.parseSources(sources), await parser.parseSources(sources)]
    for (const [index, content] of contents.entries()) {
      const fault = findContentFault(sources[index] ?? raw, content, again[index] ?? content)
      read += 1
      if (fault !== null) {
        failed += 1
        process.stdout.write(`seed ${seed}, ${name}, mutation ${index}: ${fault}\n`)
      }
    }
  }
}
process.stdout.write(`${read} mutations from seed ${first}: ${failed} failed.\n`)
process.exitCode = failed === 0 ? 0 : 1
