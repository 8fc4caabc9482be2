/** Providers with habits of their own, and what a person has to do there. */
export const MAIL_PROVIDERS = [
  'gmail',
  'icloud',
  'yahoo',
  'aol',
  'microsoft',
  'fastmail',
  'zoho',
  'gmx',
  'webde',
  'yandex',
  'mailru',
  'qq',
  'netease',
  'strato',
  'ovh',
  'proton',
] as const
export type MailProvider = (typeof MAIL_PROVIDERS)[number]

export interface ProviderAdvice {
  readonly name: string
  /** How to get a password that works, where the normal one does not. */
  readonly appPassword?: string
  /** How to switch IMAP on, where it is off by default. */
  readonly enableImap?: string
  /** How to switch sending by SMTP on, where it is off by default. */
  readonly enableSmtp?: string
  /** What else usually makes a right password fail. */
  readonly signIn?: string
}

const HOSTS: readonly (readonly [suffix: string, provider: MailProvider])[] = [
  ['gmail.com', 'gmail'],
  ['googlemail.com', 'gmail'],
  ['google.com', 'gmail'],
  ['mail.me.com', 'icloud'],
  ['icloud.com', 'icloud'],
  ['yahoo.com', 'yahoo'],
  ['ymail.com', 'yahoo'],
  ['yahoodns.net', 'yahoo'],
  ['aol.com', 'aol'],
  ['outlook.com', 'microsoft'],
  ['office365.com', 'microsoft'],
  ['hotmail.com', 'microsoft'],
  ['live.com', 'microsoft'],
  ['fastmail.com', 'fastmail'],
  ['messagingengine.com', 'fastmail'],
  ['zoho.com', 'zoho'],
  ['zoho.eu', 'zoho'],
  ['zoho.in', 'zoho'],
  ['gmx.net', 'gmx'],
  ['gmx.com', 'gmx'],
  ['web.de', 'webde'],
  ['yandex.com', 'yandex'],
  ['yandex.ru', 'yandex'],
  ['yandex.net', 'yandex'],
  ['mail.ru', 'mailru'],
  ['qq.com', 'qq'],
  ['163.com', 'netease'],
  ['126.com', 'netease'],
  ['yeah.net', 'netease'],
  ['strato.de', 'strato'],
  ['strato.com', 'strato'],
  ['ovh.net', 'ovh'],
  ['ovh.com', 'ovh'],
  ['proton.me', 'proton'],
  ['protonmail.ch', 'proton'],
]

/** The provider behind a server name, by its domain. Pure; null for a server of one's own. */
export function findMailProvider(host: string): MailProvider | null {
  const name = host.toLowerCase().replace(/\.$/u, '')
  return HOSTS.find(([suffix]) => name === suffix || name.endsWith(`.${suffix}`))?.[1] ?? null
}

/** What to do at each provider. Addresses are given only where they are public and have stayed the same for years. */
export const PROVIDER_ADVICE: Record<MailProvider, ProviderAdvice> = {
  gmail: {
    name: 'Google',
    appPassword:
      'Google wants an app password: switch on 2-Step Verification, make one at https://myaccount.google.com/apppasswords and use it here.',
    enableImap: 'Switch IMAP on in Gmail: Settings, "Forwarding and POP/IMAP". In Google Workspace the administrator may have to allow it.',
  },
  icloud: {
    name: 'iCloud',
    appPassword:
      'iCloud wants an app-specific password: make one at https://account.apple.com under "Sign-In and Security" and use it here.',
    signIn: 'For iCloud the IMAP user name is often the part before the @; for SMTP it is the whole address.',
  },
  yahoo: {
    name: 'Yahoo',
    appPassword: 'Yahoo wants an app password: make one under "Security" at https://login.yahoo.com/account/security and use it here.',
  },
  aol: {
    name: 'AOL',
    appPassword: 'AOL wants an app password: make one under "Security" at https://login.aol.com/account/security and use it here.',
  },
  microsoft: {
    name: 'Microsoft',
    signIn:
      'Microsoft no longer accepts passwords over IMAP for most mailboxes. Ask the administrator whether this mailbox may still use one.',
    enableImap: 'Switch IMAP on in Outlook: Settings, Mail, "Forwarding and IMAP". In Microsoft 365 the administrator does it.',
    enableSmtp: 'Ask the administrator of this Microsoft 365 organisation to switch on authenticated SMTP for this mailbox.',
  },
  fastmail: {
    name: 'Fastmail',
    appPassword: 'Fastmail wants an app password: make one in Settings, "Privacy & Security", "Manage app passwords", and use it here.',
  },
  zoho: {
    name: 'Zoho',
    appPassword:
      'With two-factor sign-in Zoho wants an application-specific password: make one at https://accounts.zoho.com under "Security".',
    enableImap: 'Switch IMAP access on in Zoho Mail: Settings, "Mail Accounts", "IMAP".',
  },
  gmx: {
    name: 'GMX',
    enableImap: 'Switch POP3 and IMAP on in GMX: E-Mail, Settings, "POP3 & IMAP".',
    appPassword: 'With two-factor sign-in GMX wants an app-specific password: make one in the security settings.',
  },
  webde: {
    name: 'WEB.DE',
    enableImap: 'Switch POP3 and IMAP on in WEB.DE: E-Mail, Settings, "POP3/IMAP".',
    appPassword: 'With two-factor sign-in WEB.DE wants an app-specific password: make one in the security settings.',
  },
  yandex: {
    name: 'Yandex',
    appPassword: 'Yandex wants an app password for mail: make one at https://id.yandex.com/security/app-passwords and use it here.',
    enableImap: 'Switch IMAP on in Yandex Mail: All settings, "Email clients".',
  },
  mailru: {
    name: 'Mail.ru',
    appPassword: 'Mail.ru wants a password for external applications: make one in the security settings of the account and use it here.',
    enableImap: 'Switch access for mail programs on in the settings of Mail.ru.',
  },
  qq: {
    name: 'QQ Mail',
    appPassword: 'QQ Mail wants an authorization code: make one in Settings, "Account", next to "IMAP/SMTP service", and use it here.',
    enableImap: 'Switch the IMAP/SMTP service on in QQ Mail: Settings, "Account".',
  },
  netease: {
    name: 'NetEase',
    appPassword: 'NetEase wants an authorization code: make one in Settings, "POP3/SMTP/IMAP", and use it here.',
    enableImap: 'Switch the IMAP/SMTP service on in the mail settings: "POP3/SMTP/IMAP".',
  },
  strato: {
    name: 'STRATO',
    signIn: 'STRATO wants the whole e-mail address as user name and the password of the mailbox, not of the customer login.',
  },
  ovh: {
    name: 'OVHcloud',
    signIn: 'OVHcloud wants the whole e-mail address as user name and the password of the mailbox, not of the customer login.',
  },
  proton: {
    name: 'Proton',
    signIn: 'Proton Mail is reached through Proton Mail Bridge on your own network, with the password that Bridge shows.',
  },
}
