import { initialOf } from '../ui/initial.ts'

/** The first letter of an account, in its own quiet tile. The address stands beside it. */
export function AccountAvatar({ email }: { readonly email: string }) {
  return (
    <span
      aria-hidden
      className="inline-flex size-9 shrink-0 items-center justify-center rounded-lg border border-line bg-sunken text-base font-semibold text-muted uppercase"
    >
      {initialOf(email)}
    </span>
  )
}
