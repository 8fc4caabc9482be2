import { ConnectAccountInput, UpdateAccountInput, type Account, type TlsMode } from '@maildock/client'
import { guessServers, findProviderPreset, type ServerPreset } from './provider-presets.ts'
import { fromDayField, toDayField } from './sync-day.ts'

/** What the fields of the form hold: text, as typed. */
export interface AccountFormValues {
  readonly email: string
  readonly name: string
  readonly username: string
  readonly password: string
  readonly imapHost: string
  readonly imapPort: string
  readonly imapTls: TlsMode | 'auto'
  readonly smtpHost: string
  readonly smtpPort: string
  readonly smtpTls: TlsMode | 'auto'
  readonly separateSmtpSignIn: boolean
  readonly smtpUsername: string
  readonly smtpPassword: string
  /** As a date field has it; empty: everything. */
  readonly syncFrom: string
}

export type AccountField = keyof AccountFormValues
export type ServerValues = Pick<AccountFormValues, 'imapHost' | 'imapPort' | 'imapTls' | 'smtpHost' | 'smtpPort' | 'smtpTls'>

export const EMPTY_ACCOUNT_FORM: AccountFormValues = {
  email: '',
  name: '',
  username: '',
  password: '',
  imapHost: '',
  imapPort: '993',
  imapTls: 'auto',
  smtpHost: '',
  smtpPort: '587',
  smtpTls: 'auto',
  separateSmtpSignIn: false,
  smtpUsername: '',
  smtpPassword: '',
  syncFrom: '',
}

/** The form of a connected account. Passwords are never told, so they are empty: empty means unchanged. */
export function toFormValues(account: Account): AccountFormValues {
  return {
    email: account.email,
    name: account.name ?? '',
    username: account.username,
    password: '',
    imapHost: account.imapHost,
    imapPort: String(account.imapPort),
    imapTls: account.imapTls,
    smtpHost: account.smtpHost,
    smtpPort: String(account.smtpPort),
    smtpTls: account.smtpTls,
    separateSmtpSignIn: account.smtpUsername !== account.username,
    smtpUsername: account.smtpUsername === account.username ? '' : account.smtpUsername,
    smtpPassword: '',
    syncFrom: toDayField(account.syncFrom),
  }
}

/** The server fields an address leads to: the provider's where it is known, else a guess; null while the address is incomplete. */
export function suggestServers(email: string): ServerValues | null {
  const servers = findProviderPreset(email) ?? guessServers(email)
  if (servers === null) return null
  const { imap, smtp } = servers
  return { ...toFields('imap', imap), ...toFields('smtp', smtp) }
}

function toFields<P extends 'imap' | 'smtp'>(protocol: P, { host, port, tls }: ServerPreset) {
  return { [`${protocol}Host`]: host, [`${protocol}Port`]: String(port), [`${protocol}Tls`]: tls } as Pick<
    AccountFormValues,
    `${P}Host` | `${P}Port` | `${P}Tls`
  >
}

export type FormReading<T> =
  | { readonly ok: true; readonly input: T }
  | { readonly ok: false; readonly errors: Readonly<Partial<Record<AccountField, string>>> }

/** Reads the form for connecting: the schema of the server is the judge, its sentences stand beside the fields. */
export function readConnectInput(values: AccountFormValues): FormReading<ConnectAccountInput> {
  const username = values.username.trim() === '' ? values.email.trim() : values.username
  const input = {
    email: values.email,
    ...(values.name.trim() === '' ? {} : { name: values.name }),
    ...readServers(values),
    username,
    password: values.password,
    ...(values.separateSmtpSignIn ? { smtpUsername: values.smtpUsername, smtpPassword: values.smtpPassword } : {}),
    syncFrom: fromDayField(values.syncFrom),
  }
  return settle(ConnectAccountInput.safeParse(input), values)
}

/** Reads the form for changing an account. Only what differs from it is in the input; see `toFormValues` for passwords. */
export function readUpdateInput(values: AccountFormValues, account: Account): FormReading<UpdateAccountInput> {
  const before = toFormValues(account)
  const servers = readServers(values)
  const serversBefore = readServers(before)
  const changed = Object.fromEntries(Object.entries(servers).filter(([key, value]) => value !== serversBefore[key as keyof typeof servers]))
  return settle(
    UpdateAccountInput.safeParse({
      id: account.id,
      ...changed,
      ...(values.username === account.username ? {} : { username: values.username }),
      ...(values.password === '' ? {} : { password: values.password }),
      ...readSmtpSignIn(values, before),
    }),
    values,
  )
}

/**
 * What is separate is sent where it changed. What is common follows by itself at the server; only going back to it has to
 * be said, and then the password has to be entered again, because nobody can read the stored one.
 */
function readSmtpSignIn(values: AccountFormValues, before: AccountFormValues): Partial<UpdateAccountInput> {
  if (values.separateSmtpSignIn) {
    return {
      ...(values.smtpUsername === before.smtpUsername ? {} : { smtpUsername: values.smtpUsername }),
      ...(values.smtpPassword === '' ? {} : { smtpPassword: values.smtpPassword }),
    }
  }
  return before.separateSmtpSignIn ? { smtpUsername: values.username, smtpPassword: values.password } : {}
}

function readServers(values: AccountFormValues) {
  return {
    imapHost: values.imapHost,
    imapPort: readPort(values.imapPort),
    ...(values.imapTls === 'auto' ? {} : { imapTls: values.imapTls }),
    smtpHost: values.smtpHost,
    smtpPort: readPort(values.smtpPort),
    ...(values.smtpTls === 'auto' ? {} : { smtpTls: values.smtpTls }),
  }
}

/** Digits only; anything else becomes a number that the schema refuses with its own sentence. */
function readPort(text: string): number {
  return /^\d{1,6}$/u.test(text.trim()) ? Number(text) : 0
}

interface ParseResult<T> {
  readonly success: boolean
  readonly data?: T
  readonly error?: { readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] } | undefined
}

function settle<T>(result: ParseResult<T>, { separateSmtpSignIn }: AccountFormValues): FormReading<T> {
  if (result.success) return { ok: true, input: result.data as T }
  const errors: Partial<Record<AccountField, string>> = {}
  for (const { path, message } of result.error?.issues ?? []) {
    const field = toVisibleField(path[0] as AccountField, separateSmtpSignIn)
    errors[field] ??= message
  }
  return { ok: false, errors }
}

/** While sending has no sign-in of its own, what is wrong with it is wrong with the common one, which is the one to see. */
function toVisibleField(field: AccountField, separateSmtpSignIn: boolean): AccountField {
  if (separateSmtpSignIn) return field
  return field === 'smtpPassword' ? 'password' : field === 'smtpUsername' ? 'username' : field
}
