import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { describeFailure } from './failure-message.ts'

export interface LoadFailureProps {
  readonly title: string
  readonly query: {
    readonly error: unknown
    readonly isFetching: boolean
    readonly refetch: () => unknown
  }
}

/** What stands in the place of something that could not be loaded: why, and the way to ask for it again. */
export function LoadFailure({ title, query: { error, isFetching, refetch } }: LoadFailureProps) {
  return (
    <Notice
      tone="bad"
      announce
      title={title}
      action={
        <Button size="sm" busy={isFetching} onClick={() => void refetch()}>
          Try again
        </Button>
      }
    >
      {describeFailure(error).text}
    </Notice>
  )
}
