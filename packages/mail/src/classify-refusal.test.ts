import type { MailProtocol, VerificationStage } from '@maildock/core'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classifyRefusal, findBackoffMs } from './classify-refusal.ts'
import { findMailProvider } from './discovery/mail-provider.ts'
import { judge, type RefusalReason } from './fault-reason.ts'
import { parseImapStatus } from './imap/imap-response.ts'
import type { MailFaultClass, MailFaultCode } from './mail-fault.ts'
import type { RefusalFacts } from './refusal.ts'
import { parseSmtpReply } from './submission/smtp-reply.ts'

type Row = readonly [host: string, response: string, code: MailFaultCode, faultClass: MailFaultClass, stage?: VerificationStage]

const IMAP: readonly Row[] = [
  [
    'imap.gmail.com',
    'NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)',
    'imap.app_password_required',
    'credential',
  ],
  ['imap.gmail.com', 'NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)', 'imap.authentication_failed', 'credential'],
  ['imap.gmail.com', 'NO [ALERT] Invalid credentials (Failure)', 'imap.authentication_failed', 'credential'],
  [
    'imap.gmail.com',
    'NO [WEBALERT https://accounts.google.com/signin/continue?sarp=1] Web login required.',
    'imap.authentication_failed',
    'account',
  ],
  [
    'imap.gmail.com',
    'NO [ALERT] Please log in via your web browser: https://support.google.com/mail/accounts/answer/78754 (Failure)',
    'imap.authentication_failed',
    'account',
  ],
  [
    'imap.gmail.com',
    'NO [ALERT] Your account is not enabled for IMAP use. Please visit your Gmail settings page and enable your account for IMAP access. (Failure)',
    'imap.disabled',
    'account',
  ],
  [
    'imap.gmail.com',
    'NO [ALERT] IMAP access is disabled for your domain. Please contact your domain administrator for questions about this feature. (Failure)',
    'imap.disabled',
    'account',
  ],
  ['imap.gmail.com', 'NO [ALERT] Too many simultaneous connections. (Failure)', 'upstream.rate_limited', 'throttle'],
  [
    'imap.gmail.com',
    'NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)',
    'upstream.rate_limited',
    'throttle',
    'ready',
  ],
  ['imap.gmail.com', 'NO [THROTTLED] Request throttled', 'upstream.rate_limited', 'throttle'],
  ['imap.gmail.com', 'BYE Session expired, please login again.', 'upstream.unavailable', 'transient', 'ready'],
  ['imap.mail.yahoo.com', 'NO [AUTHENTICATIONFAILED] AUTHENTICATE Invalid credentials', 'imap.authentication_failed', 'credential'],
  ['imap.mail.yahoo.com', 'NO [LIMIT] LOGIN Rate limit hit.', 'upstream.rate_limited', 'throttle'],
  ['imap.mail.yahoo.com', 'NO [UNAVAILABLE] LOGIN Server error - Please try again later', 'upstream.unavailable', 'transient'],
  ['imap.mail.yahoo.com', 'NO [SERVERBUG] LOGIN Server error', 'upstream.unavailable', 'transient'],
  [
    'imap.aol.com',
    'NO [AUTHENTICATIONFAILED] (#MBR1240) Please use an app password to sign in',
    'imap.app_password_required',
    'credential',
  ],
  ['imap.mail.me.com', 'NO [AUTHENTICATIONFAILED] Authentication failed', 'imap.authentication_failed', 'credential'],
  ['imap.mail.me.com', 'NO [ALERT] App-specific password required', 'imap.app_password_required', 'credential'],
  ['outlook.office365.com', 'NO LOGIN failed.', 'imap.authentication_failed', 'credential'],
  ['outlook.office365.com', 'NO AUTHENTICATE failed.', 'imap.authentication_failed', 'credential'],
  ['outlook.office365.com', 'NO BasicAuthBlocked', 'imap.authentication_failed', 'account'],
  ['outlook.office365.com', 'BAD User is authenticated but not connected.', 'imap.authentication_failed', 'credential', 'ready'],
  ['outlook.office365.com', 'BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds', 'upstream.rate_limited', 'throttle'],
  [
    'imap.fastmail.com',
    'NO [AUTHENTICATIONFAILED] Sorry, you need to create an app password to use this service',
    'imap.app_password_required',
    'credential',
  ],
  ['imap.zoho.com', 'NO [AUTHENTICATIONFAILED] Invalid credentials(Failure)', 'imap.authentication_failed', 'credential'],
  [
    'imap.zoho.com',
    'NO [ALERT] You are yet to enable IMAP for your account. Please contact your administrator (Failure)',
    'imap.disabled',
    'account',
  ],
  ['imap.gmx.net', 'NO [AUTHENTICATIONFAILED] authentication failed', 'imap.authentication_failed', 'credential'],
  ['imap.web.de', 'NO POP3/IMAP ist nicht aktiviert', 'imap.disabled', 'account'],
  [
    'imap.yandex.com',
    'NO [AUTHENTICATIONFAILED] LOGIN invalid credentials or IMAP is disabled sc=abc123',
    'imap.authentication_failed',
    'credential',
  ],
  [
    'imap.mail.ru',
    'NO [AUTHENTICATIONFAILED] NEOBHODIM parol prilozheniya https://help.mail.ru/mail/security/protection/external / Application password is REQUIRED',
    'imap.app_password_required',
    'credential',
  ],
  [
    'imap.qq.com',
    'NO Login fail. Please using authorization code to login. More information is available at http://service.mail.qq.com/',
    'imap.app_password_required',
    'credential',
  ],
  [
    'imap.qq.com',
    'NO [] Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited, or system is busy.',
    'imap.authentication_failed',
    'credential',
  ],
  ['imap.163.com', 'NO LOGIN Login error or password error', 'imap.authentication_failed', 'credential'],
  ['imap.163.com', 'NO SELECT Unsafe Login. Please contact kefu@188.com for help', 'imap.authentication_failed', 'account', 'ready'],
  ['imap.strato.de', 'NO [AUTHENTICATIONFAILED] Authentication failed.', 'imap.authentication_failed', 'credential'],
  ['ssl0.ovh.net', 'NO [AUTHENTICATIONFAILED] Authentication failed.', 'imap.authentication_failed', 'credential'],
  ['mail.example.org', 'NO', 'imap.authentication_failed', 'credential'],
  ['mail.example.org', 'NO Login failed.', 'imap.authentication_failed', 'credential'],
  ['mail.example.org', 'NO authentication failure: checkpass failed', 'imap.authentication_failed', 'credential'],
  ['mail.example.org', 'NO [AUTHORIZATIONFAILED] Mail access not allowed', 'imap.authentication_failed', 'permission'],
  ['mail.example.org', 'NO [NOPERM] Access denied', 'sync.permission_denied', 'permission', 'ready'],
  ['mail.example.org', 'NO [EXPIRED] Password expired', 'imap.authentication_failed', 'credential'],
  ['mail.example.org', 'NO [CONTACTADMIN] Account disabled', 'imap.authentication_failed', 'account'],
  [
    'mail.example.org',
    'NO [PRIVACYREQUIRED] Plaintext authentication disallowed on non-secure (SSL/TLS) connections.',
    'tls.unsupported',
    'tls',
  ],
  [
    'mail.example.org',
    'NO [UNAVAILABLE] Temporary authentication failure. [mail:2026-01-15 10:00:00]',
    'upstream.unavailable',
    'transient',
  ],
  ['mail.example.org', 'NO [UNAVAILABLE] Authentication failed', 'upstream.unavailable', 'transient'],
  ['mail.example.org', 'NO [INUSE] Mailbox is locked', 'upstream.unavailable', 'transient'],
  [
    'mail.example.org',
    'NO [LIMIT] Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)',
    'upstream.rate_limited',
    'throttle',
  ],
  ['mail.example.org', 'NO Too many concurrent IMAP sessions', 'upstream.rate_limited', 'throttle'],
  ['mail.example.org', 'NO Please try again later', 'upstream.unavailable', 'transient'],
  ['mail.example.org', 'BYE Too many connections from your IP address', 'upstream.rate_limited', 'throttle', 'greeting'],
  ['mail.example.org', 'BYE Server shutting down.', 'upstream.unavailable', 'transient', 'greeting'],
  ['mail.example.org', 'BYE Authentication failed', 'upstream.unavailable', 'transient', 'greeting'],
  ['mail.example.org', 'NO [NONEXISTENT] Unknown mailbox', 'sync.server_error', 'mailbox', 'ready'],
  ['mail.example.org', 'NO [TRYCREATE] Mailbox does not exist', 'sync.server_error', 'mailbox', 'ready'],
  ['mail.example.org', 'NO [CORRUPTION] Index is broken', 'sync.server_error', 'mailbox', 'ready'],
  ['mail.example.org', "NO Mailbox doesn't exist: Work", 'sync.server_error', 'mailbox', 'ready'],
  ['mail.example.org', 'NO [CANNOT] Unsupported', 'imap.authentication_failed', 'credential'],
  ['mail.example.org', 'BAD [CLIENTBUG] Invalid command', 'sync.server_error', 'protocol', 'ready'],
  ['mail.example.org', 'BAD Error in IMAP command', 'sync.server_error', 'protocol', 'ready'],
]

const SMTP: readonly Row[] = [
  [
    'smtp.gmail.com',
    '534-5.7.9 Application-specific password required. For more information, go to\n534 5.7.9  https://support.google.com/mail/?p=InvalidSecondFactor',
    'imap.app_password_required',
    'credential',
  ],
  [
    'smtp.gmail.com',
    '535-5.7.8 Username and Password not accepted. For more information, go to\n535 5.7.8  https://support.google.com/mail/?p=BadCredentials',
    'smtp.authentication_failed',
    'credential',
  ],
  [
    'smtp.gmail.com',
    '534-5.7.14 <https://accounts.google.com/signin/continue?sarp=1> Please log in via your web browser and\n534 5.7.14 then try again.',
    'smtp.authentication_failed',
    'account',
  ],
  ['smtp.gmail.com', '454 4.7.0 Too many login attempts, please try again later.', 'upstream.rate_limited', 'throttle'],
  ['smtp.gmail.com', '421 4.7.0 Try again later, closing connection.', 'upstream.rate_limited', 'throttle'],
  ['smtp.mail.yahoo.com', '535 5.7.0 (#AUTH005) Too many bad auth attempts.', 'upstream.rate_limited', 'throttle'],
  ['smtp.mail.me.com', '535 5.7.8 Error: authentication failed: authentication failure', 'smtp.authentication_failed', 'credential'],
  [
    'smtp.office365.com',
    '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information.',
    'smtp.authentication_failed',
    'account',
  ],
  [
    'smtp.office365.com',
    '535 5.7.139 Authentication unsuccessful, basic authentication is disabled.',
    'smtp.authentication_failed',
    'account',
  ],
  [
    'smtp.office365.com',
    '535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.',
    'smtp.authentication_failed',
    'credential',
  ],
  [
    'smtp.office365.com',
    '535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully. Contact your administrator.',
    'smtp.authentication_failed',
    'account',
  ],
  ['smtp.office365.com', '535 5.7.3 Authentication unsuccessful', 'smtp.authentication_failed', 'credential'],
  ['smtp.office365.com', '432 4.3.2 Concurrent connections limit exceeded.', 'upstream.rate_limited', 'throttle'],
  ['smtp.office365.com', '421 4.3.2 Service not available', 'upstream.unavailable', 'transient', 'greeting'],
  [
    'smtp.yandex.com',
    '535 5.7.8 Error: authentication failed: This user does not have access rights to this service',
    'imap.disabled',
    'account',
  ],
  [
    'smtp.mail.ru',
    '535 5.7.0 NEOBHODIM parol prilozheniya https://help.mail.ru/mail/security/protection/external / Application password is REQUIRED',
    'imap.app_password_required',
    'credential',
  ],
  [
    'smtp.qq.com',
    '535 Login Fail. Please enter your authorization code to login. More information in https://service.mail.qq.com/detail/0/53',
    'imap.app_password_required',
    'credential',
  ],
  ['smtp.163.com', '550 User has no permission', 'smtp.authentication_failed', 'account'],
  ['smtp.163.com', '535 Error: authentication failed', 'smtp.authentication_failed', 'credential'],
  ['mail.gmx.net', '535 Authentication credentials invalid', 'smtp.authentication_failed', 'credential'],
  ['mail.example.org', '535 5.7.8 Error: authentication failed: (reason unavailable)', 'smtp.authentication_failed', 'credential'],
  ['mail.example.org', '454 4.7.0 Temporary authentication failure: generic failure', 'upstream.unavailable', 'transient'],
  ['mail.example.org', '530 5.7.0 Must issue a STARTTLS command first', 'tls.unsupported', 'tls'],
  ['mail.example.org', '538 5.7.11 Encryption required for requested authentication mechanism', 'tls.unsupported', 'tls'],
  ['mail.example.org', '454 4.3.0 TLS not available', 'upstream.unavailable', 'transient', 'tls'],
  [
    'mail.example.org',
    '421 Too many concurrent SMTP connections; please try again later.',
    'upstream.rate_limited',
    'throttle',
    'greeting',
  ],
  [
    'mail.example.org',
    '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org',
    'upstream.unavailable',
    'permission',
    'greeting',
  ],
  ['mail.example.org', '554 No SMTP service here', 'upstream.unavailable', 'permission', 'greeting'],
  ['mail.example.org', '535 nope', 'smtp.authentication_failed', 'credential'],
  ['mail.example.org', '451 4.3.0 Internal error', 'upstream.unavailable', 'transient'],
]

function readFacts(protocol: MailProtocol, response: string): RefusalFacts {
  if (protocol === 'smtp') return parseSmtpReply(response)
  const status = parseImapStatus(response)
  if (status === null || status.status === 'OK' || status.status === 'PREAUTH') throw new Error(`no refusal: ${response}`)
  return { responseStatus: status.status, responseCode: status.code, text: status.text }
}

describe.each([
  { protocol: 'imap', rows: IMAP },
  { protocol: 'smtp', rows: SMTP },
] as const)('what servers say over $protocol', ({ protocol, rows }) => {
  for (const [host, response, code, faultClass, stage = 'auth'] of rows) {
    test(`${host} at ${stage}: ${response}`, () => {
      const reason = classifyRefusal({ ...readFacts(protocol, response), stage, provider: findMailProvider(host) })
      expect(judge(reason, protocol, stage)).toEqual({ code, class: faultClass })
    })
  }
})

describe('classifyRefusal', () => {
  const CREDENTIAL: ReadonlySet<RefusalReason> = new Set(['wrong_password', 'expired_password', 'app_password'])

  test('never blames the password where the server says "not now" by code, whatever the words are', () => {
    const codes = fc.constantFrom('UNAVAILABLE', 'SERVERBUG', 'INUSE', 'LIMIT', 'THROTTLED', 'OVERQUOTA')
    const texts = fc.oneof(fc.string(), fc.constantFrom('Invalid credentials', 'Authentication failed', 'app password required'))
    fc.assert(
      fc.property(codes, texts, (responseCode, text) => {
        const reason = classifyRefusal({ responseStatus: 'NO', responseCode, text, stage: 'auth', provider: null })
        expect(CREDENTIAL.has(reason)).toBe(false)
      }),
    )
  })

  test('never blames the password before it was sent', () => {
    fc.assert(
      fc.property(fc.constantFrom(...IMAP, ...SMTP), fc.constantFrom('greeting' as const, 'tls' as const), ([, response], stage) => {
        const facts = parseImapStatus(response) === null ? readFacts('smtp', response) : readFacts('imap', response)
        expect(CREDENTIAL.has(classifyRefusal({ ...facts, stage, provider: null }))).toBe(false)
      }),
    )
  })

  test('is quick with texts made to be slow', () => {
    const texts = [
      'too many '.repeat(20_000),
      'IMAP '.repeat(40_000),
      `exceeded ${'x'.repeat(200_000)}`,
      'app '.repeat(50_000),
      '.'.repeat(200_000),
    ]
    for (const text of texts) {
      const begin = process.cpuUsage()
      classifyRefusal({ responseStatus: 'NO', text, stage: 'auth', provider: 'yandex' })
      expect(process.cpuUsage(begin).user / 1_000).toBeLessThan(1000)
    }
  })
})

describe('findBackoffMs', () => {
  test('reads the time Microsoft suggests, at most a day', () => {
    expect(findBackoffMs('Request is throttled. Suggested Backoff Time: 92415 milliseconds')).toBe(92_415)
    expect(findBackoffMs('Suggested Backoff Time: 999999999999 milliseconds')).toBe(86_400_000)
    expect(findBackoffMs('come back later')).toBeUndefined()
  })
})
