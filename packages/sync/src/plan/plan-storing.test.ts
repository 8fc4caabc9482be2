import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { parseHeader, type MessageAttributes } from '@maildock/mail'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BatchItem, StorableMessage } from '../store/batch-item.ts'
import { nameHeader, nameOctets, planStoring, type KnownMessage, type KnownOfBatch, type StoringPlan } from './plan-storing.ts'

const hash = (text: string): Uint8Array => createHash('sha256').update(text).digest()

const attributes = (uid: number): MessageAttributes => ({
  uid,
  sizeOctets: 100,
  flags: [],
  keywords: [],
  modseq: null,
  internalDate: null,
  emailId: null,
})

const HEADER = parseHeader(Buffer.from('Subject: x\r\n\r\n'))

const listed = (uid: number, header: string): BatchItem => ({
  attributes: attributes(uid),
  message: { listed: { headerSha256: hash(header), header: HEADER } },
})

const stored = (uid: number, header: string, body: string, read: StorableMessage['header'] = null): BatchItem => {
  const content: StorableMessage = {
    rawSha256: hash(header + body),
    headerSha256: hash(header),
    bodyState: 'stored',
    header: read,
    content: null,
    raw: null,
    terms: null,
  }
  return { attributes: attributes(uid), message: { stored: content } }
}

/** What a database would make of the plans: as storeBatch does, without PostgreSQL. */
class Tables {
  readonly placements = new Map<number, string>()
  readonly headers = new Map<string, string>()
  readonly bodies = new Map<string, string>()
  #ids = 0

  store(...items: readonly BatchItem[]): StoringPlan {
    const plan = planStoring(items, this.#know(), () => {
      this.#ids += 1
      return `m${this.#ids}`
    })
    for (const { id, headerSha256 } of plan.messages) {
      this.headers.set(id, headerSha256 === null ? '' : nameHeader(headerSha256, 100))
    }
    for (const { messageId, stored: source } of plan.bodies) {
      assert(!this.bodies.has(messageId), 'a message has one source')
      this.bodies.set(messageId, nameOctets(source.rawSha256))
    }
    for (const {
      attributes: { uid },
      messageId,
    } of plan.placements) {
      assert(!this.placements.has(uid), 'a placement is written once')
      this.placements.set(uid, messageId)
    }
    for (const { uid, from, messageId } of plan.moves) {
      assert(this.placements.get(uid) === from, 'a placement moves from where it is')
      this.placements.set(uid, messageId)
    }
    return plan
  }

  #know(): KnownOfBatch {
    const describeMessage = (id: string): KnownMessage => ({
      id,
      hasBody: this.bodies.has(id),
      lacksHeader: this.headers.get(id) === '',
    })
    const byHeader = Map.groupBy(this.headers.keys(), (id) => this.headers.get(id) ?? '')
    return {
      placed: new Map([...this.placements].map(([uid, id]) => [uid, describeMessage(id)])),
      byRaw: new Map([...this.bodies].map(([id, raw]) => [raw, id])),
      byHeader: new Map([...byHeader].map(([name, ids]) => [name, ids.map(describeMessage)])),
    }
  }
}

describe('planStoring', () => {
  it('lets the source say what a header only let guess', () => {
    const tables = new Tables()
    const plan = tables.store({
      attributes: attributes(1),
      message: { listed: { headerSha256: hash('h'), header: HEADER, isGuess: true } },
    })
    expect(plan.messages).toMatchObject([{ header: HEADER, headerSha256: null }])
    const [id] = plan.messages.map((message) => message.id)
    expect(tables.store(stored(1, 'h', 'raw', HEADER)).headers).toMatchObject([{ id, headerSha256: hash('h') }])
  })

  it('gives a listed message its source when that comes, under the same id', () => {
    const tables = new Tables()
    tables.store(listed(1, 'h'))
    const plan = tables.store(stored(1, 'h', 'b'))
    expect([plan.messages, plan.moves, plan.bodies.map(({ messageId }) => messageId)]).toEqual([[], [], ['m1']])
  })

  it('lists a copy under the id of the message', () => {
    const tables = new Tables()
    tables.store(stored(1, 'h', 'b'))
    tables.store(listed(2, 'h'))
    expect(tables.placements.get(2)).toBe('m1')
    expect(tables.store(stored(2, 'h', 'b')).moves).toEqual([])
  })

  it('parts messages with one header when their sources differ', () => {
    const tables = new Tables()
    tables.store(listed(2, 'h'), listed(1, 'h'))
    expect([...tables.placements.values()]).toEqual(['m1', 'm1'])
    tables.store(stored(2, 'h', 'one'), stored(1, 'h', 'other'))
    expect([...tables.placements]).toEqual([
      [2, 'm1'],
      [1, 'm2'],
    ])
  })

  it('lists apart what the server tells apart, whatever their headers', () => {
    const named = (uid: number, emailId: string | null): BatchItem => ({ ...listed(uid, 'h'), attributes: { ...attributes(uid), emailId } })
    const known: KnownOfBatch = {
      placed: new Map(),
      byRaw: new Map(),
      byHeader: new Map([[nameHeader(hash('h'), attributes(1).sizeOctets), [{ id: 'stored', hasBody: true, emailId: 'A' }]]]),
    }
    let made = 0
    const plan = planStoring([named(5, 'A'), named(4, 'B'), named(3, 'B'), named(2, 'C'), named(1, null)], known, () => `m${(made += 1)}`)
    expect(plan.placements.map(({ messageId }) => messageId)).toEqual(['stored', 'm1', 'm1', 'm2', 'm3'])
  })

  it('moves a placement to the message its source belongs to', () => {
    const tables = new Tables()
    tables.store(stored(9, 'other header', 'b'))
    tables.store(listed(1, 'h'))
    // A server whose BODY[HEADER] is not that of BODY[].
    const plan = tables.store(stored(1, 'other header', 'b'))
    expect(plan.moves).toEqual([{ uid: 1, from: 'm2', messageId: 'm1' }])
  })

  it('is the same again: nothing is written twice', () => {
    const tables = new Tables()
    const items = [stored(3, 'h', 'b'), listed(2, 'h'), stored(1, 'i', 'c')]
    tables.store(...items)
    expect(tables.store(...items)).toEqual({ messages: [], bodies: [], headers: [], placements: [], moves: [] })
  })

  it('takes the header from the source where it could not be read alone', () => {
    const tables = new Tables()
    tables.store({ attributes: attributes(1), message: { listed: { headerSha256: hash('h'), header: null } } })
    const source = stored(1, 'h', 'b')
    const plan = tables.store(
      'stored' in source.message ? { ...source, message: { stored: { ...source.message.stored, header: HEADER } } } : source,
    )
    expect([plan.messages, plan.headers]).toEqual([[], [{ id: 'm1', attributes: attributes(1), headerSha256: hash('h'), header: HEADER }]])
  })

  it('links what is known by its identifier', () => {
    const tables = new Tables()
    tables.store(stored(1, 'h', 'b'))
    tables.store({ attributes: attributes(2), message: { knownId: 'm1' } })
    expect(tables.placements.get(2)).toBe('m1')
  })

  it('ends with every source once, each placement at its own, whatever was listed before and in whatever batches', () => {
    const message = fc.record({ header: fc.constantFrom('h', 'i'), body: fc.constantFrom('a', 'b', 'c'), listedFirst: fc.boolean() })
    fc.assert(
      fc.property(fc.array(message, { maxLength: 12 }), fc.integer({ min: 1, max: 5 }), (messages, size) => {
        const tables = new Tables()
        const all = messages.map((described, index) => ({ ...described, uid: messages.length - index }))
        inBatches(
          all.filter(({ listedFirst }) => listedFirst).map(({ uid, header }) => listed(uid, header)),
          size,
          tables,
        )
        inBatches(
          all.map(({ uid, header, body }) => stored(uid, header, body)),
          size,
          tables,
        )
        const sources = all.map(({ uid }) => tables.bodies.get(tables.placements.get(uid) ?? ''))
        expect(sources).toEqual(all.map(({ header, body }) => nameOctets(hash(header + body))))
        expect(new Set(tables.bodies.values()).size).toBe(tables.bodies.size)
      }),
    )
  })
})

function inBatches(items: readonly BatchItem[], size: number, tables: Tables): void {
  for (let start = 0; start < items.length; start += size) {
    tables.store(...items.slice(start, start + size))
  }
}
