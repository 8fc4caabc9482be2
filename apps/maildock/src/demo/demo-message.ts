export interface DemoPart {
  readonly filename: string
  readonly contentType: string
  readonly base64: string
}

export type DemoBody =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'alternative'; readonly text: string; readonly html: string; readonly inlineImage: string | null }
  | { readonly kind: 'attachments'; readonly text: string; readonly parts: readonly DemoPart[] }
  | { readonly kind: 'encoded'; readonly charset: string; readonly base64: string }
  /** A multipart without its boundary, as careless senders make them. */
  | { readonly kind: 'broken'; readonly text: string }

export interface DemoMessage {
  readonly id: string
  readonly date: Date
  readonly from: string
  readonly to: string
  /** Unencoded text, or text with RFC 2047 words already in it. */
  readonly subject: string
  readonly messageId?: string
  readonly references?: readonly string[]
  readonly headers?: Readonly<Record<string, string>>
  readonly body: DemoBody
}

const CRLF = '\r\n'

/** The source of a demo message: 7-bit, CRLF lines, one character per octet (RFC 5322, RFC 2045). */
export function messageSource(message: DemoMessage): string {
  const references = (message.references ?? []).map(angle)
  const headers: [string, string][] = [
    ['Date', rfc5322Date(message.date)],
    ['From', message.from],
    ['To', message.to],
    ['Subject', encodedWords(message.subject)],
    ['Message-ID', angle(message.messageId ?? message.id)],
    ...references.slice(-1).map((last): [string, string] => ['In-Reply-To', last]),
    ...(references.length > 0 ? [['References', references.join(`${CRLF} `)] as [string, string]] : []),
    ...Object.entries(message.headers ?? {}),
    ['MIME-Version', '1.0'],
  ]
  return [...headers.map(([name, value]) => `${name}: ${value}`), bodySource(message.id, message.body)].join(CRLF)
}

/** `Mon, 05 Jan 2026 10:00:00 +0000`. */
export function rfc5322Date(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000')
}

function angle(id: string): string {
  return `<${id}@demo.maildock.test>`
}

// eslint-disable-next-line -- the range is the definition of ASCII
const ASCII = /^[\u0020-\u007e]*$/u

function encodedWords(text: string): string {
  if (ASCII.test(text)) return text
  return `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`
}

/** Header lines of the body, an empty line, the body. */
function bodySource(id: string, body: DemoBody): string {
  const boundary = `=_${id}`
  switch (body.kind) {
    case 'text':
      return textPart('text/plain', body.text)
    case 'encoded':
      return [`Content-Type: text/plain; charset=${body.charset}`, 'Content-Transfer-Encoding: base64', '', folded(body.base64), ''].join(
        CRLF,
      )
    case 'alternative': {
      const html = textPart('text/html', body.html)
      const image = body.inlineImage
      const rich = image === null ? html : multipart('related', `${boundary}r`, [html, imagePart(image)])
      return multipart('alternative', boundary, [textPart('text/plain', body.text), rich])
    }
    case 'attachments':
      return multipart('mixed', boundary, [textPart('text/plain', body.text), ...body.parts.map(attachmentPart)])
    case 'broken':
      return [`Content-Type: multipart/mixed; boundary="missing-${id}"`, '', body.text].join(CRLF)
    default:
      return body satisfies never
  }
}

function multipart(subtype: string, boundary: string, parts: readonly string[]): string {
  const sections = parts.map((part) => `--${boundary}${CRLF}${part}`)
  return [`Content-Type: multipart/${subtype}; boundary="${boundary}"`, '', ...sections, `--${boundary}--`, ''].join(CRLF)
}

function textPart(contentType: string, text: string): string {
  return [
    `Content-Type: ${contentType}; charset=utf-8`,
    'Content-Transfer-Encoding: base64',
    '',
    folded(Buffer.from(text.replaceAll('\n', CRLF)).toString('base64')),
    '',
  ].join(CRLF)
}

function imagePart(base64: string): string {
  return [
    'Content-Type: image/png',
    'Content-Transfer-Encoding: base64',
    'Content-ID: <logo>',
    'Content-Disposition: inline',
    '',
    folded(base64),
    '',
  ].join(CRLF)
}

function attachmentPart(part: DemoPart): string {
  return [
    `Content-Type: ${part.contentType}`,
    'Content-Transfer-Encoding: base64',
    `Content-Disposition: attachment; filename*=UTF-8''${encodeURIComponent(part.filename)}`,
    '',
    folded(part.base64),
    '',
  ].join(CRLF)
}

function folded(base64: string): string {
  return (base64.match(/.{1,76}/gu) ?? []).join(CRLF)
}
