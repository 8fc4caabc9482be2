import type { ApiKey } from '@maildock/client'
import { Plus } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useAccounts } from '../accounts/use-accounts.ts'
import { LoadFailure } from '../shell/load-failure.tsx'
import { Button } from '../ui/button.tsx'
import { LIST_BOX } from '../ui/list-box.ts'
import { Page } from '../ui/page.tsx'
import { LoadingLabel, Skeleton } from '../ui/skeleton.tsx'
import { CreateKeyDialog } from './create-key-dialog.tsx'
import { EmptyKeys } from './empty-keys.tsx'
import { KeyRow } from './key-row.tsx'
import { RevokeKeyDialog } from './revoke-key-dialog.tsx'
import { useKeys } from './use-keys.ts'

/** The keys of the user's programs: made here, shown once, revoked here. */
export function KeysPage() {
  const query = useKeys()
  const { data: keys, isPending } = query
  const [creating, setCreating] = useState(false)
  const create = () => setCreating(true)
  const empty = keys !== undefined && keys.length === 0
  return (
    <Page
      title="API keys"
      description="For programs that send mail through your accounts."
      actions={empty ? undefined : <CreateButton onClick={create} />}
    >
      {isPending ? (
        <LoadingRows />
      ) : keys === undefined ? (
        <LoadFailure title="The API keys could not be loaded" query={query} />
      ) : empty ? (
        <EmptyKeys onCreate={create} />
      ) : (
        <KeyList keys={keys} />
      )}
      {creating && <CreateKeyDialog onClose={() => setCreating(false)} />}
    </Page>
  )
}

function KeyList({ keys }: { readonly keys: readonly ApiKey[] }) {
  const { data: accounts = [] } = useAccounts()
  const list = useRef<HTMLUListElement>(null)
  const [leavingId, setLeavingId] = useState<string | null>(null)
  const leaving = keys.find(({ id }) => id === leavingId)
  const close = () => setLeavingId(null)
  const revoked = useRef(false)
  // The button that had the focus is gone with what it revoked. The dialog is closed by now: before, the list would not take the focus.
  useEffect(() => {
    if (leavingId !== null || !revoked.current) return
    revoked.current = false
    list.current?.focus()
  }, [leavingId])
  return (
    <>
      <ul ref={list} tabIndex={-1} aria-label="API keys" className={LIST_BOX}>
        {keys.map((key) => (
          <KeyRow key={key.id} apiKey={key} accounts={accounts} onRevoke={() => setLeavingId(key.id)} />
        ))}
      </ul>
      {leaving !== undefined && (
        <RevokeKeyDialog
          apiKey={leaving}
          onClose={close}
          onRevoked={() => {
            revoked.current = true
            close()
          }}
        />
      )}
    </>
  )
}

function CreateButton({ onClick }: { readonly onClick: () => void }) {
  return (
    <Button tone="primary" onClick={onClick}>
      <Plus aria-hidden className="size-4" />
      Create API key
    </Button>
  )
}

function LoadingRows() {
  return (
    <div className={LIST_BOX}>
      <LoadingLabel what="API keys" />
      {[0, 1].map((row) => (
        <div key={row} className="px-5 py-3.5">
          <Skeleton className="h-4 w-40" />
          <Skeleton className="mt-2 h-3.5 w-72 max-w-full" />
          <Skeleton className="mt-2 h-3.5 w-56 max-w-full" />
        </div>
      ))}
    </div>
  )
}
