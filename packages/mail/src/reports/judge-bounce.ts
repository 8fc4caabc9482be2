import { findEnhancedStatus } from './report-text.ts'

/** What is known of a bounce. */
export interface BounceWords {
  readonly status: string | null
  readonly diagnostic: string | null
}

/** hard: the address is no good, and will not be. soft: this message did not arrive, another one may. */
export type BounceKind = 'hard' | 'soft'

/** The address (RFC 3463 section 3.2, RFC 7505), or its mailbox (section 3.3), is not there or does not take mail. */
const NO_SUCH_ADDRESS: ReadonlySet<string> = new Set(['5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10'])
const MAILBOX_DISABLED = '5.2.1'
/** Unable to route: also of a name server that has a bad day, unless it says that the name is not there. */
const UNROUTABLE = '5.4.4'

/** Words of refusals that are meant for the message or its sender, whatever their number. */
const MEANT_OTHERWISE =
  /\b(?:spam|block(?:ed|list)|blacklist|reputation|policy|grey-?list|rate|too (?:many|fast)|quota|full|temporar(?:y|ily)|try again)\b/iu
const NO_SUCH_USER =
  /\b(?:no such (?:user|recipient|mailbox|person)|(?:user|recipient|mailbox|address|account)(?: is)? (?:unknown|not found|invalid)|unknown (?:user|recipient|local part)|invalid (?:recipient|mailbox)|(?:user|mailbox|address|account)[^.]{0,80}does(?: not|n't) exist|no mailbox here by that name|unrouteable address)\b/iu
const NO_SUCH_HOST = /\b(?:host|domain)(?: or domain)?(?: name)? not found\b|\bno such domain\b/iu

/**
 * Whether an address that mail came back from is to be written to again. Pure. An address that is good and was taken for bad loses all mail, one that is bad
 * and was taken for good bounces once more: what is in doubt is soft.
 */
export function judgeBounce({ status, diagnostic }: BounceWords): BounceKind {
  const words = (diagnostic ?? '').slice(0, 500)
  const enhanced = isTelling(status) ? status : (findEnhancedStatus(words) ?? status)
  if (enhanced?.startsWith('5') === false || MEANT_OTHERWISE.test(words)) {
    return 'soft'
  }
  if (enhanced !== null && isTelling(enhanced)) {
    return isHardStatus(enhanced) || enhanced === MAILBOX_DISABLED || (enhanced === UNROUTABLE && NO_SUCH_HOST.test(words))
      ? 'hard'
      : 'soft'
  }
  return /(?<!\d)4\d\d(?=[ -])/u.test(words) || !(NO_SUCH_USER.test(words) || NO_SUCH_HOST.test(words)) ? 'soft' : 'hard'
}

/** Whether a status alone says that there is no such address: for the words of a server one is talking to. */
export function isHardStatus(status: string | null): boolean {
  return status !== null && NO_SUCH_ADDRESS.has(status)
}

/** `5.0.0` says what `failed` says. */
function isTelling(status: string | null): status is string {
  return status !== null && !/^\d\.0\.0$/u.test(status)
}
