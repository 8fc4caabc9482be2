import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import type { KeptState } from './draft-keeper.ts'

const WORDS: Readonly<Record<KeptState, string>> = {
  new: '',
  saved: 'Saved as a draft',
  unsaved: 'Not saved yet',
  saving: 'Saving…',
  failed: 'Not saved',
  conflict: 'Not saved',
  gone: 'Not saved',
}

/** Whether what is written is kept. */
export function KeptWord({ state }: { readonly state: KeptState }) {
  return <output className="text-sm text-muted">{WORDS[state]}</output>
}

export interface KeptTroubleProps {
  readonly state: KeptState
  readonly onRetry: () => void
  readonly onKeepAsNew: () => void
  readonly onReload: () => void
}

/** What keeps the draft from being saved, and what can be done. */
export function KeptTrouble({ state, onRetry, onKeepAsNew, onReload }: KeptTroubleProps) {
  if (state === 'failed') {
    return (
      <Notice
        tone="warn"
        announce
        title="The draft could not be saved"
        action={
          <Button size="sm" onClick={onRetry}>
            Try again
          </Button>
        }
      >
        What you wrote is on this page only. It is tried again with your next change.
      </Notice>
    )
  }
  if (state !== 'conflict' && state !== 'gone') return null
  return (
    <Notice
      tone="warn"
      announce
      title={state === 'conflict' ? 'This draft was changed somewhere else' : 'This draft was sent or deleted somewhere else'}
      action={
        <div className="flex gap-2">
          {state === 'conflict' && (
            <Button size="sm" onClick={onReload}>
              Load the other
            </Button>
          )}
          <Button size="sm" onClick={onKeepAsNew}>
            Keep mine as a new draft
          </Button>
        </div>
      }
    >
      What you wrote here is not lost, and nothing was written over.
    </Notice>
  )
}
