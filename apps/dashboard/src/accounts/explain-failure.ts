import type { VerificationCode, VerificationFailure } from '@maildock/client'

/** The form fields a failure can point at. */
export type CulpritField =
  | 'imapHost'
  | 'imapPort'
  | 'imapTls'
  | 'smtpHost'
  | 'smtpPort'
  | 'smtpTls'
  | 'username'
  | 'password'
  | 'smtpUsername'
  | 'smtpPassword'

type Part = 'host' | 'port' | 'tls' | 'username' | 'password'

interface Cause {
  readonly title: string
  readonly meaning: string
  /** What to do, in the order worth trying. */
  readonly steps: readonly string[]
  /** The part of the form to look at first. */
  readonly culprit: Part
}

/** What a failed server means to the person in front of the form. */
export interface Explanation {
  readonly title: string
  readonly meaning: string
  readonly steps: readonly string[]
  readonly culprit: CulpritField
}

const CANNOT_USE: Cause = {
  title: 'This server name cannot be used',
  meaning: 'No mail server with this name can be reached from here.',
  steps: [
    'Look the name up in your provider’s help, under “IMAP settings”.',
    'Servers on a private network and unusual ports must be allowed by whoever runs this Maildock.',
  ],
  culprit: 'host',
}

const WRONG_SIGN_IN: Cause = {
  title: 'User name or password refused',
  meaning: 'The server was reached over an encrypted connection, but it does not accept this sign-in.',
  steps: [
    'Type the password again, and reveal it to check.',
    'Try the whole e-mail address as user name, or only the part before the @.',
    'If the mailbox uses two-step sign-in, make an app password and use that.',
  ],
  culprit: 'password',
}

/** Total on purpose: a new verification code does not compile until somebody has explained it. */
export const FAILURE_CAUSES: Readonly<Record<VerificationCode, Cause>> = {
  'host.not_found': CANNOT_USE,
  'host.not_allowed': CANNOT_USE,
  'host.unreachable': {
    title: 'Nothing answers on this port',
    meaning: 'The server exists, but it accepts no connection on this port.',
    steps: [
      'IMAP is usually on port 993, SMTP on 587 or 465.',
      'Check that the server name is the one for mail, not for the website.',
      'If the server is yours, check that its firewall lets this port through.',
    ],
    culprit: 'port',
  },
  'host.timeout': {
    title: 'The server did not answer in time',
    meaning: 'A connection was started, but no complete answer came within 15 seconds.',
    steps: ['IMAP is usually on port 993, SMTP on 587 or 465.', 'If both are right, the server may be overloaded: try again in a minute.'],
    culprit: 'port',
  },
  'tls.unsupported': {
    title: 'No encrypted connection offered',
    meaning: 'The server would take the password in the clear. Maildock never sends one that way.',
    steps: [
      'Try the other encryption setting.',
      'Try the usual encrypted port: 993 for IMAP, 465 for SMTP.',
      'Ask your provider how to connect with TLS.',
    ],
    culprit: 'tls',
  },
  'tls.certificate_invalid': {
    title: 'The certificate is not valid for this name',
    meaning: 'The server could not prove that it is the one you named, so nothing was sent to it.',
    steps: [
      'Use exactly the server name your provider gives, not an alias of your own domain.',
      'If the server is yours, make sure that its certificate is current and includes this name.',
    ],
    culprit: 'host',
  },
  'protocol.unexpected_greeting': {
    title: 'Something else answers there',
    meaning: 'What answers at this address does not speak the expected mail protocol.',
    steps: ['Check that the IMAP and SMTP servers are not swapped.', 'Try the other encryption setting: TLS from the start, or STARTTLS.'],
    culprit: 'port',
  },
  'imap.authentication_failed': WRONG_SIGN_IN,
  'smtp.authentication_failed': {
    ...WRONG_SIGN_IN,
    steps: [
      'Type the password again, and reveal it to check.',
      'If sending uses its own user name or password, enter it under “Separate sign-in for sending”.',
      'Some providers switch SMTP on per mailbox: look for “SMTP AUTH” in its settings.',
    ],
  },
  'imap.app_password_required': {
    title: 'An app password is needed',
    meaning: 'The provider does not accept the normal password from mail programs.',
    steps: [
      'Open the security settings of your provider.',
      'Create an app password for Maildock.',
      'Paste it here instead of the normal password.',
    ],
    culprit: 'password',
  },
  'imap.disabled': {
    title: 'IMAP is switched off for this mailbox',
    meaning: 'The sign-in may be right, but the provider does not let mail programs in yet.',
    steps: [
      'Switch IMAP on in the mail settings of the provider.',
      'In a company, ask the administrator to allow it.',
      'Then try again; nothing here has to change.',
    ],
    culprit: 'username',
  },
  'upstream.rate_limited': {
    title: 'The server wants fewer connections',
    meaning: 'It has been asked too often in a short time, by Maildock or by other mail programs.',
    steps: ['Wait a few minutes, then try again.', 'Close mail programs that keep many connections open.'],
    culprit: 'host',
  },
  'upstream.unavailable': {
    title: 'The mail server is not available',
    meaning: 'It answered that it cannot serve anyone at the moment.',
    steps: ['Try again in a few minutes.', 'If it stays, look at your provider’s status page.'],
    culprit: 'host',
  },
}

/** Words and culprit of one failed server. `separateSmtpSignIn`: sending has a user name and password of its own. */
export function explainFailure(failure: VerificationFailure, separateSmtpSignIn: boolean): Explanation {
  const { title, meaning, steps, culprit } = FAILURE_CAUSES[failure.code]
  return { title, meaning, steps, culprit: fieldOf(failure.protocol, culprit, separateSmtpSignIn) }
}

function fieldOf(protocol: VerificationFailure['protocol'], part: Part, separateSmtpSignIn: boolean): CulpritField {
  const imap = protocol === 'imap'
  switch (part) {
    case 'host':
      return imap ? 'imapHost' : 'smtpHost'
    case 'port':
      return imap ? 'imapPort' : 'smtpPort'
    case 'tls':
      return imap ? 'imapTls' : 'smtpTls'
    case 'username':
      return imap || !separateSmtpSignIn ? 'username' : 'smtpUsername'
    case 'password':
      return imap || !separateSmtpSignIn ? 'password' : 'smtpPassword'
    default:
      return part satisfies never
  }
}
