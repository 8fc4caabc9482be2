import { Button } from './button.tsx'

export interface LoadMoreProps {
  readonly label: string
  readonly query: {
    readonly hasNextPage: boolean
    readonly isFetchingNextPage: boolean
    readonly fetchNextPage: () => unknown
  }
}

/** Below a list: the way to its next page, where there is one. */
export function LoadMore({ label, query: { hasNextPage, isFetchingNextPage, fetchNextPage } }: LoadMoreProps) {
  if (!hasNextPage) return null
  return (
    <div className="flex justify-center p-4">
      <Button size="sm" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
        {label}
      </Button>
    </div>
  )
}
