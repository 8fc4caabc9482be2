import type { TlsMode } from '@maildock/client'

export interface ServerPreset {
  readonly host: string
  readonly port: number
  readonly tls: TlsMode
}

export interface ProviderPreset {
  readonly name: string
  readonly domains: readonly string[]
  readonly imap: ServerPreset
  readonly smtp: ServerPreset
  /** What the provider wants besides address and password, told before anything is tried. */
  readonly password:
    | { readonly kind: 'normal' }
    | { readonly kind: 'app'; readonly when: 'always' | 'two-step'; readonly steps: readonly string[]; readonly url: string }
    | { readonly kind: 'refused'; readonly why: string }
  /** A switch in the provider's settings that is off by default. */
  readonly enableImap?: string
}

const imaps = (host: string): ServerPreset => ({ host, port: 993, tls: 'implicit' })
const submission = (host: string): ServerPreset => ({ host, port: 587, tls: 'starttls' })
const submissions = (host: string): ServerPreset => ({ host, port: 465, tls: 'implicit' })

/** Providers whose settings are public and stable. Anything else is guessed from the domain, and said to be a guess. */
export const PROVIDER_PRESETS: readonly ProviderPreset[] = [
  {
    name: 'Gmail',
    domains: ['gmail.com', 'googlemail.com'],
    imap: imaps('imap.gmail.com'),
    smtp: submissions('smtp.gmail.com'),
    password: {
      kind: 'app',
      when: 'always',
      steps: [
        'Turn on 2-Step Verification for the Google account.',
        'Create an app password and name it “Maildock”.',
        'Paste its 16 letters here.',
      ],
      url: 'https://myaccount.google.com/apppasswords',
    },
  },
  {
    name: 'iCloud Mail',
    domains: ['icloud.com', 'me.com', 'mac.com'],
    imap: imaps('imap.mail.me.com'),
    smtp: submission('smtp.mail.me.com'),
    password: {
      kind: 'app',
      when: 'always',
      steps: [
        'Sign in to your Apple Account.',
        'Under Sign-In and Security, choose App-Specific Passwords.',
        'Create one for Maildock and paste it here.',
      ],
      url: 'https://account.apple.com/account/manage',
    },
  },
  {
    name: 'Yahoo Mail',
    domains: [
      'yahoo.com',
      'yahoo.co.uk',
      'yahoo.de',
      'yahoo.fr',
      'yahoo.it',
      'yahoo.es',
      'yahoo.ca',
      'yahoo.co.jp',
      'ymail.com',
      'rocketmail.com',
    ],
    imap: imaps('imap.mail.yahoo.com'),
    smtp: submissions('smtp.mail.yahoo.com'),
    password: {
      kind: 'app',
      when: 'always',
      steps: ['Open Account security in your Yahoo account.', 'Choose Generate app password.', 'Name it “Maildock” and paste it here.'],
      url: 'https://login.yahoo.com/account/security',
    },
  },
  {
    name: 'AOL Mail',
    domains: ['aol.com', 'aim.com'],
    imap: imaps('imap.aol.com'),
    smtp: submissions('smtp.aol.com'),
    password: {
      kind: 'app',
      when: 'always',
      steps: ['Open Account security in your AOL account.', 'Choose Generate app password.', 'Name it “Maildock” and paste it here.'],
      url: 'https://login.aol.com/account/security',
    },
  },
  {
    name: 'Outlook.com',
    domains: ['outlook.com', 'hotmail.com', 'live.com', 'msn.com', 'outlook.de', 'outlook.fr', 'hotmail.co.uk', 'hotmail.fr'],
    imap: imaps('outlook.office365.com'),
    smtp: submission('smtp-mail.outlook.com'),
    password: {
      kind: 'refused',
      why: 'Microsoft no longer accepts passwords for IMAP on personal accounts, app passwords included. This address will most likely be refused.',
    },
  },
  {
    name: 'Fastmail',
    domains: ['fastmail.com', 'fastmail.fm', 'fastmail.net', 'fastmail.org', 'sent.com', 'messagingengine.com'],
    imap: imaps('imap.fastmail.com'),
    smtp: submissions('smtp.fastmail.com'),
    password: {
      kind: 'app',
      when: 'always',
      steps: [
        'In Fastmail, open Settings, then Privacy & Security.',
        'Under Connected apps and API tokens, create an app password with access to mail.',
        'Paste it here.',
      ],
      url: 'https://app.fastmail.com/settings/security/apps',
    },
  },
  {
    name: 'GMX',
    domains: ['gmx.de', 'gmx.net', 'gmx.at', 'gmx.ch'],
    imap: imaps('imap.gmx.net'),
    smtp: submission('mail.gmx.net'),
    password: {
      kind: 'app',
      when: 'two-step',
      steps: ['Open Security in your GMX account.', 'Create an app-specific password and paste it here.'],
      url: 'https://www.gmx.net',
    },
    enableImap: 'In GMX, switch on “POP3 & IMAP” under E-Mail → Settings first.',
  },
  {
    name: 'GMX',
    domains: ['gmx.com', 'gmx.us', 'gmx.co.uk', 'gmx.fr'],
    imap: imaps('imap.gmx.com'),
    smtp: submission('mail.gmx.com'),
    password: {
      kind: 'app',
      when: 'two-step',
      steps: ['Open Security in your GMX account.', 'Create an app-specific password and paste it here.'],
      url: 'https://www.gmx.com',
    },
    enableImap: 'In GMX, switch on “POP3 & IMAP” in the mail settings first.',
  },
  {
    name: 'WEB.DE',
    domains: ['web.de'],
    imap: imaps('imap.web.de'),
    smtp: submission('smtp.web.de'),
    password: {
      kind: 'app',
      when: 'two-step',
      steps: ['Open Security in your WEB.DE account.', 'Create an app-specific password and paste it here.'],
      url: 'https://web.de',
    },
    enableImap: 'In WEB.DE, switch on “POP3 & IMAP” under E-Mail → Settings first.',
  },
  {
    name: 'Zoho Mail',
    domains: ['zohomail.com', 'zoho.com'],
    imap: imaps('imap.zoho.com'),
    smtp: submissions('smtp.zoho.com'),
    password: {
      kind: 'app',
      when: 'two-step',
      steps: ['Open Security in your Zoho account.', 'Under App Passwords, generate one for Maildock and paste it here.'],
      url: 'https://accounts.zoho.com/home#security/app_password',
    },
    enableImap: 'In Zoho Mail, switch on IMAP access under Settings → Mail Accounts first.',
  },
  {
    name: 'Zoho Mail',
    domains: ['zohomail.eu', 'zoho.eu'],
    imap: imaps('imap.zoho.eu'),
    smtp: submissions('smtp.zoho.eu'),
    password: {
      kind: 'app',
      when: 'two-step',
      steps: ['Open Security in your Zoho account.', 'Under App Passwords, generate one for Maildock and paste it here.'],
      url: 'https://accounts.zoho.eu/home#security/app_password',
    },
    enableImap: 'In Zoho Mail, switch on IMAP access under Settings → Mail Accounts first.',
  },
  {
    name: 'Yandex Mail',
    domains: ['yandex.com', 'yandex.ru', 'ya.ru'],
    imap: imaps('imap.yandex.com'),
    smtp: submissions('smtp.yandex.com'),
    password: {
      kind: 'app',
      when: 'always',
      steps: ['Open Security in your Yandex ID.', 'Under App passwords, create one for Mail and paste it here.'],
      url: 'https://id.yandex.com/security/app-passwords',
    },
    enableImap: 'In Yandex Mail, allow access by IMAP and app passwords under Email clients first.',
  },
  {
    name: 'mailbox.org',
    domains: ['mailbox.org'],
    imap: imaps('imap.mailbox.org'),
    smtp: submissions('smtp.mailbox.org'),
    password: { kind: 'normal' },
  },
  {
    name: 'Posteo',
    domains: ['posteo.de', 'posteo.net', 'posteo.eu'],
    imap: imaps('posteo.de'),
    smtp: submissions('posteo.de'),
    password: { kind: 'normal' },
  },
  {
    name: 'Proton Mail',
    domains: ['proton.me', 'protonmail.com', 'pm.me'],
    imap: { host: '127.0.0.1', port: 1143, tls: 'starttls' },
    smtp: { host: '127.0.0.1', port: 1025, tls: 'starttls' },
    password: {
      kind: 'refused',
      why: 'Proton Mail offers IMAP only through Proton Mail Bridge on your own computer, which Maildock cannot reach unless it runs there and is allowed to.',
    },
  },
]

const BY_DOMAIN: ReadonlyMap<string, ProviderPreset> = new Map(
  PROVIDER_PRESETS.flatMap((preset) => preset.domains.map((domain) => [domain, preset] as const)),
)

/** The domain of an address that is complete enough to look up; null while it is still being typed. */
export function domainOf(email: string): string | null {
  const domain = email.trim().toLowerCase().split('@').at(-1) ?? ''
  return email.includes('@') && /^[^.\s]+(?:\.[^.\s]+)*\.[^.\s]{2,}$/u.test(domain) ? domain : null
}

/** The settings of a provider we know, or null. */
export function findProviderPreset(email: string): ProviderPreset | null {
  const domain = domainOf(email)
  return domain === null ? null : (BY_DOMAIN.get(domain) ?? null)
}

/** What most servers of one's own domain are called. A guess: the form says so. */
export function guessServers(email: string): { readonly imap: ServerPreset; readonly smtp: ServerPreset } | null {
  const domain = domainOf(email)
  return domain === null ? null : { imap: imaps(`imap.${domain}`), smtp: submission(`smtp.${domain}`) }
}
