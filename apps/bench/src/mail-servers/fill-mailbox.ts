import { generateCorpus, type CorpusMessage, type CorpusOptions } from '../corpus/corpus.ts'
import { openImapWire, type ImapWireSettings } from '../rivals/imap-wire.ts'

/** Messages of one APPEND, and octets after which it ends. */
const BATCH = { messages: 200, octets: 8 << 20 } as const

/** Puts a corpus into INBOX. @returns its octets */
export async function fillMailbox(settings: ImapWireSettings, corpus: CorpusOptions): Promise<number> {
  await using wire = await openImapWire(settings)
  let total = 0
  let batch: CorpusMessage[] = []
  let octets = 0
  for (const message of generateCorpus(corpus)) {
    batch.push(message)
    octets += message.raw.length
    if (batch.length < BATCH.messages && octets < BATCH.octets) continue
    await wire.append(batch)
    total += octets
    batch = []
    octets = 0
  }
  if (batch.length > 0) await wire.append(batch)
  return total + octets
}
