import { encodeHeaderText, encodeText, toBase64 } from './transfer.ts'
import { listAncestors, type MessagePlan } from './message-plan.ts'
import { takeNoise } from './noise.ts'
import { writePhrase, writeProse } from './prose.ts'
import { createRandom, type Random } from './random.ts'

/** Composes a planned message, to the octet the same for the same seed. Lines end in CRLF. */
export function composeMessage(seed: number, plan: MessagePlan): Buffer {
  const random = createRandom(seed, plan.index, 1)
  const header = writeHeader(seed, plan, random)
  const body = writeBody(plan, random, Math.max(80, plan.sizeOctets - header.length))
  return Buffer.from(`${header}${body}`, 'latin1')
}

const PEOPLE = 400

function writeHeader(seed: number, plan: MessagePlan, random: Random): string {
  const ancestors = listAncestors(seed, plan)
  const root = ancestors[0]
  const sender = random.below(PEOPLE)
  const date = plan.internalDate.toUTCString().replace('GMT', '+0000')
  const references = ancestors.map(({ messageIdHeader }) => messageIdHeader)
  const lines = [
    `Return-Path: <person${sender}@sender.example>`,
    `Received: from mx${random.below(9)}.sender.example (mx.sender.example [192.0.2.${random.below(250)}])\r\n\tby mail.bench.example with ESMTPS id ${random.below(1e9).toString(36)}\r\n\tfor <owner@bench.example>; ${date}`,
    ...(random.next() < 0.6 ? [writeSignature(random)] : []),
    `Message-ID: ${plan.messageIdHeader}`,
    `Date: ${date}`,
    `From: ${encodeHeaderText(writePhrase(random, plan.charset, 2))} <person${sender}@sender.example>`,
    `To: Owner <owner@bench.example>`,
    ...(random.next() < 0.2 ? [`Cc: <person${random.below(PEOPLE)}@copy.example>, <person${random.below(PEOPLE)}@copy.example>`] : []),
    `Subject: ${encodeHeaderText(root === undefined ? plan.subject : `Re: ${root.subject}`)}`,
    ...(references.length === 0 ? [] : [`In-Reply-To: ${references.at(-1)}`, `References: ${references.join('\r\n ')}`]),
    'MIME-Version: 1.0',
  ]
  return `${lines.join('\r\n')}\r\n`
}

function writeSignature(random: Random): string {
  const signature = takeNoise(random, 192).toString('base64')
  return `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=sender.example; s=s1;\r\n\th=from:to:subject:date:message-id; bh=${signature.slice(0, 43)}=;\r\n\tb=${signature.match(/.{1,70}/gu)?.join('\r\n\t ')}`
}

/** A body of about so many octets: its content headers, an empty line, and the content. */
function writeBody(plan: MessagePlan, random: Random, octets: number): string {
  switch (plan.kind) {
    case 'plain':
      return writeTextPart(plan, random, { subtype: 'plain', octets })
    case 'alternative':
      return writeAlternative(plan, random, octets)
    case 'inline_image': {
      const text = Math.min(6_000, octets / 4)
      return writeMultipart(plan, 'related', [
        writeAlternative(plan, random, text),
        ...shareOut(random, octets - text, 3).map((size, number) => writeImage(random, size, number)),
      ])
    }
    case 'attachments': {
      const text = Math.min(8_000, octets / 4)
      return writeMultipart(plan, 'mixed', [
        random.next() < 0.5 ? writeAlternative(plan, random, text) : writeTextPart(plan, random, { subtype: 'plain', octets: text }),
        ...shareOut(random, octets - text, 4).map((size, number) => writeAttachment(plan, random, size, number)),
      ])
    }
    default:
      return plan.kind satisfies never
  }
}

function writeTextPart({ charset }: MessagePlan, random: Random, part: { subtype: 'plain' | 'html'; octets: number }): string {
  // What encoding adds differs by charset: an estimate is good enough, the sizes of a corpus are a distribution.
  const factor = { 'utf-8': 1.22, 'us-ascii': 1, 'iso-8859-1': 1.14, 'windows-1252': 1.14, 'koi8-r': 1.37, shift_jis: 2.5 }[charset]
  const text = writeProse(random, charset, Math.max(20, part.octets / factor - 120))
  const { encoding, body } = encodeText(part.subtype === 'html' ? toHtml(text, charset) : text, charset)
  return `Content-Type: text/${part.subtype}; charset=${charset}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}\r\n`
}

function toHtml(text: string, charset: string): string {
  const paragraphs = text.split('\r\n\r\n').map((paragraph) => `<p style="margin:0 0 1em 0;font-size:14px">${paragraph}</p>`)
  return `<!DOCTYPE html><html><head><meta charset="${charset}"></head><body>\r\n${paragraphs.join('\r\n')}\r\n</body></html>`
}

function writeAlternative(plan: MessagePlan, random: Random, octets: number): string {
  return writeMultipart(plan, 'alternative', [
    writeTextPart(plan, random, { subtype: 'plain', octets: octets * 0.28 }),
    writeTextPart(plan, random, { subtype: 'html', octets: octets * 0.44 }),
  ])
}

function writeMultipart(plan: MessagePlan, subtype: string, parts: readonly string[]): string {
  const boundary = `=_${subtype}_${plan.index.toString(36)}`
  const joined = parts.map((part) => `--${boundary}\r\n${part}`).join('')
  return `Content-Type: multipart/${subtype}; boundary="${boundary}"\r\n\r\n${joined}--${boundary}--\r\n`
}

function writeImage(random: Random, octets: number, number: number): string {
  return `Content-Type: image/png; name=image${number}.png\r\nContent-ID: <image${number}@bench.example>\r\nContent-Disposition: inline; filename=image${number}.png\r\nContent-Transfer-Encoding: base64\r\n\r\n${toBase64(takeNoise(random, (octets * 3) / 4.11))}\r\n`
}

type AttachmentType = readonly [type: string, extension: string]

const ATTACHMENT_TYPES: readonly [AttachmentType, ...AttachmentType[]] = [
  ['application/pdf', 'pdf'],
  ['image/jpeg', 'jpg'],
  ['application/zip', 'zip'],
  ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'docx'],
]

function writeAttachment(plan: MessagePlan, random: Random, octets: number, number: number): string {
  const [type, extension] = random.pick(ATTACHMENT_TYPES)
  const name = `${plan.index}-${number}.${extension}`
  return `Content-Type: ${type}; name="${name}"\r\nContent-Disposition: attachment; filename="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${toBase64(takeNoise(random, (octets * 3) / 4.11))}\r\n`
}

/** One to `most` shares of a size. */
function shareOut(random: Random, octets: number, most: number): readonly number[] {
  const count = 1 + random.below(most)
  return Array.from({ length: count }, () => Math.max(64, octets / count - 220))
}
