import { useMutation } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { useTRPC } from '../shell/trpc.ts'
import { EntryForm } from './entry-form.tsx'
import { EntryLayout } from './entry-layout.tsx'
import { ExternalSignIn } from './external-sign-in.tsx'
import { TEXT_LINK } from './text-link.ts'
import { useEntry } from './use-entry.ts'
import { useCurrentSession } from './use-session.ts'

export function SignUpPage() {
  const { canSignIn, canSignUp } = useCurrentSession()
  const { next } = useSearch({ from: '/entry' })
  const trpc = useTRPC()
  const enter = useEntry()
  const signUp = useMutation(trpc.session.signUp.mutationOptions({ onSuccess: enter }))
  if (!canSignIn) return <ExternalSignIn expired={false} />
  const toSignIn = (
    <Link to="/sign-in" search={next === undefined ? {} : { next }} className={TEXT_LINK}>
      Sign in
    </Link>
  )
  if (!canSignUp) {
    return (
      <EntryLayout title="Sign-up is closed" description="New users cannot sign up here. Ask whoever runs this Maildock.">
        {toSignIn}
      </EntryLayout>
    )
  }
  return (
    <EntryLayout title="Sign up" description="For this Maildock. Your mailboxes come next." footer={<>Already have one? {toSignIn}</>}>
      <EntryForm
        label="Sign up"
        newPassword
        passwordHint="At least 10 characters. A few words are easy to remember."
        busy={signUp.isPending}
        error={signUp.error}
        onSubmit={(credentials) => signUp.mutate(credentials)}
      />
    </EntryLayout>
  )
}
