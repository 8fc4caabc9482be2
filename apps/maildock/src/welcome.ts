import type { Config } from './config/config-schema.ts'
import type { DemoMail } from './demo/start-demo-mail.ts'

export interface WelcomeOptions {
  readonly publicUrl: string
  readonly config: Config
  readonly demo: DemoMail | null
  readonly dataDir: string
  /** Null: log lines go to standard output. */
  readonly logFile: string | null
  readonly seconds: number
}

/** The summary a person sees when everything runs: where to go, how to get in, what to connect first. */
export function welcome({ publicUrl, config, demo, dataDir, logFile, seconds }: WelcomeOptions): string {
  return [
    '',
    `  Maildock is ready (${seconds.toFixed(1)} s).`,
    '',
    `  Dashboard   ${publicUrl}`,
    `  Sign in     ${signIn(config)}`,
    `  API         ${publicUrl}/api/docs`,
    ...(demo === null ? [] : ['', ...demoLines(demo)]),
    '',
    `  Data in ${dataDir}${logFile === null ? '' : `, log in ${logFile}`}. Ctrl-C stops.`,
    '',
  ].join('\n')
}

function signIn(config: Config): string {
  if (config.SESSION_JWKS_URL !== undefined || config.SESSION_JWT_SECRET !== undefined) return 'with a token of your identity provider'
  return config.SIGN_UP === 'open'
    ? 'create a user there: any e-mail address, a password of 10 characters or more (it stays on this machine)'
    : 'with e-mail and password; signing up is closed'
}

function demoLines(demo: DemoMail): string[] {
  return [
    `  Demo mailbox to connect (${demo.messages} messages):`,
    `    E-mail and user name   ${demo.address}`,
    `    Password               ${demo.password}`,
    `    IMAP                   localhost, port ${demo.imapPort}, TLS`,
    `    SMTP                   localhost, port ${demo.smtpPort}, STARTTLS`,
  ]
}
