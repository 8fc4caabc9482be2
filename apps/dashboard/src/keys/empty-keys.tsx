import { KeyRound, Plus } from 'lucide-react'
import { Button } from '../ui/button.tsx'
import { EmptyPage } from '../ui/empty-page.tsx'

/** What a key is, for somebody who has none. */
export function EmptyKeys({ onCreate }: { readonly onCreate: () => void }) {
  return (
    <EmptyPage
      icon={KeyRound}
      label="No API keys yet"
      title="Create your first API key"
      action={
        <Button tone="primary" onClick={onCreate}>
          <Plus aria-hidden className="size-4" />
          Create API key
        </Button>
      }
    >
      A program presents a key instead of signing in. It can be limited to one kind of mail and to one account, and revoked at any time. It
      cannot read mail or change anything here.
    </EmptyPage>
  )
}
