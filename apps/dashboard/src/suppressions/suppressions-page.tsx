import type { Suppression } from '@maildock/client'
import { Ban, Plus, Trash2 } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import { LoadFailure } from '../shell/load-failure.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { EmptyPage } from '../ui/empty-page.tsx'
import { LoadMore } from '../ui/load-more.tsx'
import { LIST_BOX } from '../ui/list-box.ts'
import { Page } from '../ui/page.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { LoadingLabel, Skeleton } from '../ui/skeleton.tsx'
import { AddSuppressionDialog } from './add-suppression-dialog.tsx'
import { REASON_WORDS } from './describe-suppression.ts'
import { RemoveSuppressionDialog } from './remove-suppression-dialog.tsx'
import { useSuppressions } from './use-suppressions.ts'

/** Addresses that mail is not sent to, and why. */
export function SuppressionsPage() {
  const [adding, setAdding] = useState(false)
  const [search, setSearch] = useState('')
  return (
    <Page
      title="Suppressed addresses"
      description="Mail to these is refused: what was sent came back, the reader complained, or you wanted it so."
      actions={
        <Button tone="primary" onClick={() => setAdding(true)}>
          <Plus aria-hidden className="size-4" />
          Suppress an address
        </Button>
      }
    >
      <input
        type="search"
        aria-label="Search addresses"
        placeholder="Search addresses"
        maxLength={254}
        value={search}
        onChange={(event) => setSearch(event.target.value)}
        className="control mb-4 max-w-80"
      />
      <Suppressions search={useDeferredValue(search.trim())} />
      {adding && <AddSuppressionDialog onClose={() => setAdding(false)} />}
    </Page>
  )
}

function Suppressions({ search }: { readonly search: string }) {
  const query = useSuppressions(search)
  const [removing, setRemoving] = useState<Suppression | null>(null)
  const { data, isPending } = query
  if (isPending) return <LoadingRows />
  if (data === undefined) return <LoadFailure title="The addresses could not be loaded" query={query} />
  const suppressions = data.pages.flatMap((page) => page.suppressions)
  return (
    <>
      {suppressions.length > 0 ? (
        <ul aria-label="Suppressed addresses" className={LIST_BOX}>
          {suppressions.map((suppression) => (
            <SuppressionRow key={suppression.email} suppression={suppression} onRemove={() => setRemoving(suppression)} />
          ))}
        </ul>
      ) : search === '' ? (
        <EmptyPage icon={Ban} label="Nobody is suppressed" title="Nobody is suppressed">
          Addresses to which mail came back for good, and readers who complained, are put here by themselves.
        </EmptyPage>
      ) : (
        <p className="py-12 text-center text-muted">There is no such address.</p>
      )}
      <LoadMore label="Load older addresses" query={query} />
      {removing !== null && <RemoveSuppressionDialog suppression={removing} onClose={() => setRemoving(null)} />}
    </>
  )
}

interface SuppressionRowProps {
  readonly suppression: Suppression
  readonly onRemove: () => void
}

function SuppressionRow({ suppression: { email, reason, detail, createdAt }, onRemove }: SuppressionRowProps) {
  return (
    <li className="flex items-start gap-3 py-3.5 pr-3 pl-4 text-sm sm:pl-5">
      <div className="min-w-0 grow">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="text-base font-medium break-all">{email}</span>
          <Badge>{REASON_WORDS[reason].label}</Badge>
        </p>
        {detail !== null && <p className="mt-1 font-mono text-xs break-words text-muted">{detail}</p>}
        <p className="mt-0.5 text-muted">
          <RelativeTime date={createdAt} />
        </p>
      </div>
      <IconButton label={`Take ${email} off the list`} onClick={onRemove}>
        <Trash2 aria-hidden className="size-4" />
      </IconButton>
    </li>
  )
}

function LoadingRows() {
  return (
    <div className={LIST_BOX}>
      <LoadingLabel what="the addresses" />
      {[0, 1, 2].map((row) => (
        <div key={row} className="px-5 py-3.5">
          <Skeleton className="h-4 w-56 max-w-full" />
          <Skeleton className="mt-2 h-3.5 w-40" />
        </div>
      ))}
    </div>
  )
}
