import type { Account, Draft } from '@maildock/client'
import { Paperclip, Send } from 'lucide-react'
import { useBlocker, useNavigate } from '@tanstack/react-router'
import { useRef, useState, type DragEvent } from 'react'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { checkComposition, chooseSender, explainRefusal, type ComposeErrors, type Composition } from './compose-form.ts'
import { ComposeRow } from './compose-row.tsx'
import { writeDocumentText } from './document-text.ts'
import { KeptTrouble, KeptWord } from './draft-state.tsx'
import { FileList } from './file-list.tsx'
import { RecipientsField } from './recipients-field.tsx'
import { RichEditor, type Editor } from './rich-editor.tsx'
import { useAttachments } from './use-attachments.ts'
import { useDraftKeeper } from './use-draft-keeper.ts'
import { useSend } from './use-send.ts'

export interface ComposerProps {
  readonly accounts: readonly Account[]
  readonly initial: Composition
  /** Null: nothing of it is kept yet. */
  readonly draft: Draft | null
  /** What should be known about it. */
  readonly note: string | null
}

/** A message while it is written. What is typed is kept as a draft; sending takes the draft along. */
export function Composer({ accounts, initial, draft, note }: ComposerProps) {
  const [composition, setComposition] = useState(initial)
  const [errors, setErrors] = useState<ComposeErrors>({})
  const [copies, setCopies] = useState(initial.cc.length + initial.bcc.length > 0)
  const editor = useRef<Editor | null>(null)
  const { keeper, state } = useDraftKeeper(draft, initial)
  const attachments = useAttachments(keeper, draft?.attachments ?? [])
  const send = useSend(keeper, attachments)
  const navigate = useNavigate()
  const sender = chooseSender(accounts, composition.accountId)
  useKeptOnLeaving(keeper)

  const change = (part: Partial<Composition>) => {
    const next = { ...composition, ...part }
    setComposition(next)
    setErrors({})
    send.reset()
    keeper.change(next)
  }
  const submit = () => {
    const wrong = checkComposition(composition, sender)
    if (Object.keys(wrong).length > 0 || sender === null) {
      setErrors(wrong)
      return
    }
    const text = editor.current === null ? '' : writeDocumentText(editor.current.getJSON())
    keeper.change(composition)
    send.mutate({ composition, sender, text }, { onError: (error) => setErrors(explainRefusal(error)) })
  }
  const close = async () => {
    keeper.stop()
    await navigate({ to: '/drafts' })
  }
  return (
    // The form itself takes what belongs to no field: a key that sends from anywhere in it, and files that are dropped on it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <form
      aria-label="Message"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) {
          event.preventDefault()
          submit()
        }
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event: DragEvent) => {
        if (event.dataTransfer.files.length === 0) return
        event.preventDefault()
        attachments.add([...event.dataTransfer.files])
      }}
      className="flex flex-col gap-4"
    >
      {note !== null && <Notice tone="info">{note}</Notice>}
      <KeptTrouble
        state={state}
        onRetry={() => void keeper.flush().catch(() => undefined)}
        onKeepAsNew={() => void keeper.saveAsNew().catch(() => undefined)}
        onReload={() => window.location.assign(`/compose?draft=${keeper.draftId}`)}
      />
      <div className="rounded-xl border border-line bg-surface px-4 pt-1 pb-4 shadow-low sm:px-5">
        <Sender accounts={accounts} sender={sender} error={errors.from} onChange={(accountId) => change({ accountId })} />
        <div className="relative">
          <RecipientsField
            label="To"
            values={composition.to}
            error={errors.to}
            focused={initial.to.length === 0}
            onChange={(to) => change({ to: [...to] })}
          />
          {!copies && (
            <Button size="sm" tone="quiet" className="absolute! top-1.5 right-0" onClick={() => setCopies(true)}>
              Cc and Bcc
            </Button>
          )}
        </div>
        {copies && (
          <>
            <RecipientsField label="Cc" values={composition.cc} error={errors.cc} onChange={(cc) => change({ cc: [...cc] })} />
            <RecipientsField label="Bcc" values={composition.bcc} error={errors.bcc} onChange={(bcc) => change({ bcc: [...bcc] })} />
          </>
        )}
        <Subject value={composition.subject} error={errors.subject} onChange={(subject) => change({ subject })} />
        <RichEditor
          html={initial.html}
          focused={initial.to.length > 0}
          onReady={(ready) => {
            editor.current = ready
          }}
          onChange={(changed) => change({ html: changed.getHTML() })}
          onFiles={attachments.add}
        />
        <FileList files={attachments.files} onRemove={attachments.remove} />
        {composition.forwardOfMessage !== null && (
          <div className="mt-3 flex items-center gap-2 text-sm text-muted">
            <Paperclip aria-hidden className="size-3.5" />
            <span>The files of the forwarded message go along.</span>
            <Button size="sm" tone="quiet" onClick={() => change({ forwardOfMessage: null })}>
              Leave them out
            </Button>
          </div>
        )}
      </div>
      {errors.form !== undefined && (
        <Notice tone="bad" announce title="The message was not sent">
          {errors.form}
        </Notice>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" tone="primary" busy={send.isPending} disabled={attachments.uploading}>
          <Send aria-hidden className="size-4" />
          Send
        </Button>
        <AttachButton onAdd={attachments.add} />
        <Button tone="quiet" onClick={() => void close()}>
          Close
        </Button>
        <span className="grow" />
        <KeptWord state={state} />
      </div>
    </form>
  )
}

/** Who leaves takes what is written along, or is asked. */
function useKeptOnLeaving(keeper: ReturnType<typeof useDraftKeeper>['keeper']): void {
  useBlocker({
    shouldBlockFn: async () => {
      try {
        await keeper.flush()
      } catch {
        // oxlint-disable-next-line no-alert -- the browser asks the same when the page itself is closed
        return !window.confirm('What you wrote could not be saved. Leave all the same?')
      }
      return false
    },
    enableBeforeUnload: () => keeper.isDirty,
  })
}

interface SenderProps {
  readonly accounts: readonly Account[]
  readonly sender: Account | null
  readonly error: string | undefined
  readonly onChange: (accountId: string) => void
}

function Sender({ accounts, sender, error, onChange }: SenderProps) {
  return (
    <ComposeRow label="From" error={error}>
      {(field) => (
        <select
          {...field}
          value={sender?.id ?? ''}
          onChange={(event) => onChange(event.target.value)}
          className="h-8 min-w-0 grow bg-transparent text-base"
        >
          {accounts.map(({ id, email, name }) => (
            <option key={id} value={id}>
              {name === null ? email : `${name} <${email}>`}
            </option>
          ))}
        </select>
      )}
    </ComposeRow>
  )
}

interface SubjectProps {
  readonly value: string
  readonly error: string | undefined
  readonly onChange: (subject: string) => void
}

function Subject({ value, error, onChange }: SubjectProps) {
  return (
    <ComposeRow label="Subject" error={error} last>
      {(field) => (
        <input
          {...field}
          maxLength={998}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          className="h-8 min-w-0 grow bg-transparent text-base outline-none"
        />
      )}
    </ComposeRow>
  )
}

function AttachButton({ onAdd }: { readonly onAdd: (files: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files to attach"
        onChange={(event) => {
          onAdd([...(event.target.files ?? [])])
          event.target.value = ''
        }}
      />
      <Button onClick={() => input.current?.click()}>
        <Paperclip aria-hidden className="size-4" />
        Attach
      </Button>
    </>
  )
}
