import { TextDecoder } from 'node:util'

/** Text of seven bits in which runs of pairs are another charset's without their upper bits. */
interface Shifted {
  readonly decoder: TextDecoder
  /** A run, its pairs in the first group; or what else is no text. */
  readonly shift: RegExp
  /** What stands for the rest of what `shift` finds. */
  readonly plain: ReadonlyMap<string, string>
}

const SHIFTED: ReadonlyMap<string, Shifted> = new Map([
  // RFC 1557: SO and SI around Korean, which ends with its line; an escape at the beginning says so.
  ['iso-2022-kr', { decoder: new TextDecoder('euc-kr'), shift: /\u000e([^\u000f\n]*)\u000f?|\u001b\$\)C/gu, plain: new Map() }],
  // RFC 1843: ~{ and ~} around Chinese, which ends with its line; ~~ is a tilde, one before a line break hides it. The second of a pair may be a tilde.
  [
    'hz-gb-2312',
    { decoder: new TextDecoder('gbk'), shift: /~\{((?: |[!-}][!-~])*)(?:~\})?|~(?:~|\r?\n)/gu, plain: new Map([['~~', '~']]) },
  ],
])

/** Decodes the charsets that shift between ASCII and Korean or Chinese, which no TextDecoder knows any more; null for any other. Never throws. */
export function decodeShifted(bytes: Uint8Array, charset: string): string | null {
  const shifted = SHIFTED.get(charset)
  if (shifted === undefined) {
    return null
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const raised = text.replace(shifted.shift, (whole, run: string | undefined) =>
    run === undefined ? (shifted.plain.get(whole) ?? '') : raise(run),
  )
  return shifted.decoder.decode(Buffer.from(raised, 'latin1'))
}

function raise(run: string): string {
  return run.replace(/[!-~]/gu, (octet) => String.fromCharCode(octet.charCodeAt(0) | 0x80))
}
