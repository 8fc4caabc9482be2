import { z } from 'zod'
import { DisplayName } from './account.ts'
import { EmailAddress } from './email-address.ts'
import { IdText, Uuid } from './ids.ts'

/** Limits of a password of the embedded sign-in, in UTF-16 units. Nothing is demanded of its characters (NIST SP 800-63B section 3.1.1.2). */
export const PASSWORD_LENGTH = { min: 10, max: 128 } as const

const ASCII_ADDRESS = z.email()

/** The address a person signs in with: the plain form, because it is a name to type here and not only one to deliver to. */
export const SignInAddress = EmailAddress.refine(
  (value) => ASCII_ADDRESS.safeParse(value).success,
  'Sign in with a plain e-mail address: letters, digits and . _ + - before the @, a full domain after it.',
)

const presentedPassword = z
  .string()
  .min(1, 'Enter the password.')
  .max(PASSWORD_LENGTH.max, `A password has at most ${PASSWORD_LENGTH.max} characters.`)
  .refine((value) => value.isWellFormed(), 'The password is not well-formed text.')
  .meta({ description: 'The present password.' })

/** A password to be set. Any characters of any script, spaces included. */
export const NewPassword = presentedPassword
  .min(PASSWORD_LENGTH.min, `Choose a password of at least ${PASSWORD_LENGTH.min} characters.`)
  .meta({ description: `A password of ${PASSWORD_LENGTH.min} to ${PASSWORD_LENGTH.max} characters of any kind.` })

export const SignUpInput = z.strictObject({ email: SignInAddress, password: NewPassword, name: DisplayName.optional() })
export type SignUpInput = z.infer<typeof SignUpInput>

/** Does not tell the password rules: what is too short is simply wrong. */
export const SignInInput = z.strictObject({ email: SignInAddress, password: presentedPassword })
export type SignInInput = z.infer<typeof SignInInput>

export const ChangePasswordInput = z.strictObject({ currentPassword: presentedPassword, newPassword: NewPassword })
export type ChangePasswordInput = z.infer<typeof ChangePasswordInput>

/** A session by id. */
export const SessionRef = z.strictObject({ id: IdText })
export type SessionRef = z.infer<typeof SessionRef>

export const SessionUser = z.object({
  id: Uuid,
  email: z.string().nullable().meta({ description: 'For display. Null: the identity provider tells none.' }),
})
export type SessionUser = z.infer<typeof SessionUser>

/** Who is signed in, and what the sign-in page may offer. */
export const CurrentSession = z.object({
  user: SessionUser.nullable().meta({ description: 'Null: nobody is signed in.' }),
  plan: z.string().nullable().meta({ description: 'The plan in force. Null: nobody is signed in.' }),
  canSignIn: z.boolean().meta({ description: 'Sign-in with e-mail and password is served here.' }),
  canSignUp: z.boolean().meta({ description: 'New users may sign up here.' }),
})
export type CurrentSession = z.infer<typeof CurrentSession>

/** One browser or program that is signed in. */
export const SessionSummary = z.object({
  id: Uuid,
  createdAt: z.date(),
  lastSeenAt: z.date().meta({ description: 'To within five minutes.' }),
  userAgent: z.string().nullable(),
  current: z.boolean().meta({ description: 'The session that asks.' }),
})
export type SessionSummary = z.infer<typeof SessionSummary>
