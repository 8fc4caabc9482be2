import { toDisplayLine, type Correspondent } from '@maildock/core'
import { collapseBlanks } from './collapse-blanks.ts'
import { CONTENT_LIMITS } from './content-limits.ts'
import { decodeEncodedWords } from './encoded-words.ts'

interface Token {
  readonly kind: 'text' | 'quoted' | 'angle' | 'comment' | 'separator' | 'group'
  /** Without the brackets, but with the quotes. */
  readonly text: string
  /** Where the next token begins. */
  readonly end: number
}

/**
 * Reads an address list (RFC 5322 section 3.4): groups are unwrapped, comments serve as names where there is no other. An encoded
 * word is decoded in names only, never in an address: what is stored is what mail would be sent to (the class of CVE-2025-13033).
 * A quoted local part keeps its quotes. What is no address at all is kept as a name. Linear, bounded, never throws.
 */
export function parseAddresses(header: string): Correspondent[] {
  const found: Correspondent[] = []
  let entry: Token[] = []
  const finish = (): void => {
    const correspondent = readEntry(entry)
    if (correspondent !== null && found.length < CONTENT_LIMITS.addresses) {
      found.push(correspondent)
    }
    entry = []
  }
  for (let position = 0; position < header.length;) {
    const token = readToken(header, position)
    position = token.end
    if (token.kind === 'separator') {
      finish()
    } else if (token.kind === 'group') {
      // "Name:" opens a group. Its name addresses nobody.
      entry = []
    } else {
      entry.push(token)
    }
  }
  finish()
  return found
}

function readToken(header: string, position: number): Token {
  switch (header[position] ?? '') {
    case '"': {
      const end = findQuoteEnd(header, position)
      return { kind: 'quoted', text: header.slice(position, end), end }
    }
    case '(': {
      const end = findCommentEnd(header, position)
      return { kind: 'comment', text: header.slice(position + 1, end - 1), end }
    }
    case '<': {
      const end = findAngleEnd(header, position + 1)
      return { kind: 'angle', text: header.slice(position + 1, end), end: header[end] === '>' ? end + 1 : end }
    }
    case ',':
    case ';':
      return { kind: 'separator', text: '', end: position + 1 }
    case ':':
      return { kind: 'group', text: '', end: position + 1 }
    case '[': {
      // A domain literal: its colons open no group.
      const bracket = header.indexOf(']', position)
      const end = bracket < 0 ? header.length : bracket + 1
      return { kind: 'text', text: header.slice(position, end), end }
    }
    default: {
      const end = findTextEnd(header, position)
      return { kind: 'text', text: header.slice(position, end), end }
    }
  }
}

const TEXT_END = /["(<,;:[]/gu

function findTextEnd(header: string, from: number): number {
  TEXT_END.lastIndex = from + 1
  return TEXT_END.exec(header)?.index ?? header.length
}

function findQuoteEnd(header: string, from: number, limit = header.length): number {
  for (let index = from + 1; index < limit; index += 1) {
    if (header[index] === '\\') {
      index += 1
    } else if (header[index] === '"') {
      return index + 1
    }
  }
  return limit
}

function findCommentEnd(header: string, from: number): number {
  let depth = 0
  for (let index = from; index < header.length; index += 1) {
    const character = header[index]
    if (character === '\\') {
      index += 1
    } else if (character === '(') {
      depth += 1
    } else if (character === ')') {
      depth -= 1
      if (depth === 0) {
        return index + 1
      }
    }
  }
  return header.length + 1
}

/** Source routes (RFC 5322 section 4.4) come before the address. What is still open after so many characters never was a bracket. */
const MAX_ANGLE_CHARACTERS = 2_000

/**
 * Where the address ends: at the closing bracket (a quoted local part may hold one) or, without any, at the next comma. It looks ahead so far
 * and no further: brackets and quotes that never close would be searched to the end from each of them.
 */
function findAngleEnd(header: string, from: number): number {
  const limit = Math.min(header.length, from + MAX_ANGLE_CHARACTERS)
  for (let index = from; index < limit; index += 1) {
    if (header[index] === '"') {
      index = findQuoteEnd(header, index, limit) - 1
    } else if (header[index] === '>') {
      return index
    } else if (header[index] === '<') {
      break
    }
  }
  const comma = header.indexOf(',', from)
  return comma < 0 ? header.length : comma
}

function readEntry(tokens: readonly Token[]): Correspondent | null {
  if (tokens.length === 0) {
    return null
  }
  const angle = tokens.findLast((token) => token.kind === 'angle')
  const comment = tokens.find((token) => token.kind === 'comment')?.text
  const words = tokens.filter((token) => token.kind === 'text' || token.kind === 'quoted')
  if (angle !== undefined) {
    const address = toAddress(angle.text.replace(/^@[^:]*:/u, ''))
    return toCorrespondent(toName(words, comment), address)
  }
  // Without brackets the address is the word around the "@", quotes included.
  const bare = words.map((word) => word.text).join('')
  const address = toAddress(bare.trim())
  if (address !== null) {
    return toCorrespondent(comment === undefined ? null : toDisplay(comment), address)
  }
  return toCorrespondent(toName(words, comment), null)
}

function toCorrespondent(name: string | null, address: string | null): Correspondent | null {
  return name === null && address === null ? null : { name, address }
}

function toName(words: readonly Token[], comment: string | undefined): string | null {
  const parts = words.map((word) => {
    if (word.kind === 'quoted') {
      return word.text.replace(/^"|"$/gu, '').replace(/\\(.)/gsu, '$1')
    }
    return word.kind === 'text' ? word.text : ''
  })
  const name = toDisplay(parts.join(''))
  return name ?? (comment === undefined ? null : toDisplay(comment))
}

function toDisplay(text: string): string | null {
  const line = toDisplayLine(decodeEncodedWords(collapseBlanks(text).trim()), CONTENT_LIMITS.nameCharacters)
  return line === '' ? null : line
}

const ADDRESS = /^(?:"(?:[^"\\]|\\.)*"|[^\s"<>()]+)@[^\s"<>()@]+$/u

/** An address as it stands; null when it is none or too long to be one. Nothing is decoded in it. */
function toAddress(text: string): string | null {
  const address = text.trim()
  return address.length <= CONTENT_LIMITS.nameCharacters && ADDRESS.test(address) ? address.toWellFormed().replaceAll('\0', '\uFFFD') : null
}
