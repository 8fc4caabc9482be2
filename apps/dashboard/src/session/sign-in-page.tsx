import { useMutation } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { useTRPC } from '../shell/trpc.ts'
import { Notice } from '../ui/notice.tsx'
import { EntryForm } from './entry-form.tsx'
import { EntryLayout } from './entry-layout.tsx'
import { ExternalSignIn } from './external-sign-in.tsx'
import { useCurrentSession } from './use-session.ts'
import { TEXT_LINK } from './text-link.ts'
import { useEntry } from './use-entry.ts'

export function SignInPage() {
  const { canSignIn, canSignUp } = useCurrentSession()
  const search = useSearch({ from: '/entry' })
  const trpc = useTRPC()
  const enter = useEntry()
  const signIn = useMutation(trpc.session.signIn.mutationOptions({ onSuccess: enter }))
  if (!canSignIn) return <ExternalSignIn expired={search.reason === 'expired'} />
  return (
    <EntryLayout
      title="Sign in"
      footer={
        canSignUp ? (
          <>
            New here?{' '}
            <Link to="/sign-up" search={search.next === undefined ? {} : { next: search.next }} className={TEXT_LINK}>
              Sign up
            </Link>
          </>
        ) : undefined
      }
    >
      {search.reason === 'expired' && (
        <div className="mb-5">
          <Notice tone="info">Your session has ended. Sign in to go on where you were.</Notice>
        </div>
      )}
      <EntryForm label="Sign in" busy={signIn.isPending} error={signIn.error} onSubmit={(credentials) => signIn.mutate(credentials)} />
    </EntryLayout>
  )
}
