import type { Uuid } from '@maildock/core'
import type { MessageAttributes, ParsedHeader } from '@maildock/mail'
import type { BatchItem, ListedMessage, StorableMessage } from '../store/batch-item.ts'

/** A stored message. */
export interface KnownMessage {
  readonly id: Uuid
  /** Its source is stored as well. */
  readonly hasBody: boolean
  /** Its header could not be read alone, or not for sure; the source may tell it. */
  readonly lacksHeader?: boolean
  /** The identifier the server gives it. */
  readonly emailId?: string | null
}

/** What the database has of a batch before it is written. */
export interface KnownOfBatch {
  /** Messages the mailbox has already, by UID. */
  readonly placed: ReadonlyMap<number, KnownMessage>
  /** Messages whose source is one of the batch, by `nameOctets` of its hash. */
  readonly byRaw: ReadonlyMap<string, Uuid>
  /** Messages with a header block and a size of the batch, by `nameHeader`. The oldest of several. */
  readonly byHeader: ReadonlyMap<string, readonly KnownMessage[]>
}

/** A message that is written for the first time. */
export interface NewMessage {
  readonly id: Uuid
  readonly attributes: MessageAttributes
  readonly headerSha256: Uint8Array | null
  readonly header: ParsedHeader | null
}

/** A stored message whose header is known by now. */
export interface ReadAgain extends NewMessage {
  readonly header: ParsedHeader
}

/** What is to be written of a batch. */
export interface StoringPlan {
  readonly messages: readonly NewMessage[]
  /** Sources, each for a message that has none. */
  readonly bodies: readonly { readonly messageId: Uuid; readonly stored: StorableMessage }[]
  /** Messages that were listed without a header, with what their sources tell. */
  readonly headers: readonly ReadAgain[]
  /** New placements. */
  readonly placements: readonly { readonly attributes: MessageAttributes; readonly messageId: Uuid }[]
  /** Placements whose source turned out to be another message's. */
  readonly moves: readonly { readonly uid: number; readonly from: Uuid; readonly messageId: Uuid }[]
}

export function nameOctets(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('base64')
}

/** A header block and a size: as good as a name, until the source is there and proves it. */
export function nameHeader(headerSha256: Uint8Array, sizeOctets: number): string {
  return `${nameOctets(headerSha256)} ${sizeOctets}`
}

/**
 * Decides which messages of a batch are new, which are known, and which sources belong to whom. A source names its message for good: the same
 * octets are one message, wherever they are found. Until it is there, header block and size do: a placement listed by them is moved when its
 * source says otherwise. So nothing is shown under another one's source, and ids stay wherever they can.
 */
export function planStoring(items: readonly BatchItem[], known: KnownOfBatch, makeId: () => Uuid): StoringPlan {
  const plan: Growing = { messages: [], bodies: [], headers: [] }
  const placements: StoringPlan['placements'][number][] = []
  const moves: StoringPlan['moves'][number][] = []
  const chooser = new Chooser(known, makeId, plan)
  const placedHere = new Map<number, Uuid>([...known.placed].map(([uid, { id }]) => [uid, id]))
  for (const item of items) {
    const { attributes } = item
    const messageId = chooser.choose(item)
    const before = placedHere.get(attributes.uid)
    placedHere.set(attributes.uid, messageId)
    if (before === undefined) {
      placements.push({ attributes, messageId })
    } else if (before !== messageId) {
      moves.push({ uid: attributes.uid, from: before, messageId })
    }
  }
  return { ...plan, placements, moves }
}

interface Growing {
  readonly messages: NewMessage[]
  readonly bodies: StoringPlan['bodies'][number][]
  readonly headers: StoringPlan['headers'][number][]
}

class Chooser {
  readonly #known: KnownOfBatch
  readonly #makeId: () => Uuid
  readonly #growing: Growing
  readonly #byRaw: Map<string, Uuid>
  readonly #listedHere = new Map<string, Uuid[]>()
  /** Messages that have a source now. */
  readonly #filled = new Set<Uuid>()
  /** Of the messages that are new. */
  readonly #emailIds = new Map<Uuid, string | null>()

  constructor(known: KnownOfBatch, makeId: () => Uuid, growing: Growing) {
    this.#known = known
    this.#makeId = makeId
    this.#growing = growing
    this.#byRaw = new Map(known.byRaw)
  }

  choose(item: BatchItem): Uuid {
    const { message } = item
    if ('knownId' in message) {
      return message.knownId
    }
    return 'listed' in message ? this.#chooseListed(item.attributes, message.listed) : this.#chooseStored(item.attributes, message.stored)
  }

  #chooseListed(attributes: MessageAttributes, { headerSha256, header, isGuess = false }: ListedMessage): Uuid {
    const placed = this.#known.placed.get(attributes.uid)
    if (placed !== undefined) {
      return placed.id
    }
    const name = nameHeader(headerSha256, attributes.sizeOctets)
    // A server that tells two messages apart is believed: one of them would never be fetched.
    const isAnother = (emailId: string | null): boolean => emailId !== null && emailId !== attributes.emailId
    const found =
      this.#known.byHeader.get(name)?.find(({ emailId = null }) => !isAnother(emailId))?.id ??
      this.#listedHere.get(name)?.find((id) => !isAnother(this.#emailIds.get(id) ?? null))
    // Of one that could not be read, or not for sure, the name is not kept: its source is to tell what it says.
    return found ?? this.#create(attributes, header === null || isGuess ? null : headerSha256, header)
  }

  #chooseStored(attributes: MessageAttributes, stored: StorableMessage): Uuid {
    const raw = nameOctets(stored.rawSha256)
    const found = this.#byRaw.get(raw)
    if (found !== undefined) {
      return found
    }
    const id = this.#findEmpty(attributes, stored) ?? this.#create(attributes, stored.headerSha256, stored.header)
    this.#byRaw.set(raw, id)
    this.#filled.add(id)
    this.#growing.bodies.push({ messageId: id, stored })
    return id
  }

  /** The message that was listed and waits for this source. */
  #findEmpty(attributes: MessageAttributes, { headerSha256, header }: StorableMessage): Uuid | null {
    const placed = this.#known.placed.get(attributes.uid)
    if (placed !== undefined && !placed.hasBody && !this.#filled.has(placed.id)) {
      if (placed.lacksHeader === true && header !== null) {
        this.#growing.headers.push({ id: placed.id, attributes, headerSha256, header })
      }
      return placed.id
    }
    if (headerSha256 === null) {
      return null
    }
    const name = nameHeader(headerSha256, attributes.sizeOctets)
    const known = this.#known.byHeader.get(name)?.find(({ id, hasBody }) => !hasBody && !this.#filled.has(id))
    return known?.id ?? this.#listedHere.get(name)?.find((id) => !this.#filled.has(id)) ?? null
  }

  #create(attributes: MessageAttributes, headerSha256: Uint8Array | null, header: ParsedHeader | null): Uuid {
    const id = this.#makeId()
    this.#growing.messages.push({ id, attributes, headerSha256, header })
    this.#emailIds.set(id, attributes.emailId)
    if (headerSha256 !== null) {
      const name = nameHeader(headerSha256, attributes.sizeOctets)
      this.#listedHere.set(name, [...(this.#listedHere.get(name) ?? []), id])
    }
    return id
  }
}
