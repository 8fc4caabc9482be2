import { Button } from '../ui/button.tsx'
import { EntryLayout } from './entry-layout.tsx'

/** Sessions come from elsewhere, so there is nothing to type here; but what to do must be said. */
export function ExternalSignIn({ expired }: { readonly expired: boolean }) {
  return (
    <EntryLayout title={expired ? 'Your session has ended' : 'Sign in at your identity provider'}>
      <p className="text-muted">
        This Maildock takes its sessions from the application it belongs to. It has no passwords of its own. Sign in there, then come back
        and load this page again.
      </p>
      <Button tone="primary" className="mt-6 w-full" onClick={() => window.location.reload()}>
        I am signed in, load again
      </Button>
    </EntryLayout>
  )
}
