import { Check, Copy } from 'lucide-react'
import { useEffect, useId, useRef, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { Modal } from '../ui/modal.tsx'
import { Notice } from '../ui/notice.tsx'

/** Told once: closing before it was copied asks first. */
export function NewKey({ apiKey, onClose }: { readonly apiKey: string; readonly onClose: () => void }) {
  const { field, copied, setCopied, copy, byHand } = useCopy(apiKey)
  const [warned, setWarned] = useState(false)
  const hintId = useId()
  const close = () => (copied || warned ? onClose() : setWarned(true))
  return (
    <Modal
      title="Copy the key now"
      onClose={close}
      footer={
        <Button tone={copied ? 'primary' : 'secondary'} onClick={close}>
          {copied || !warned ? 'Done' : 'Close without copying'}
        </Button>
      }
    >
      <p id={hintId} className="text-sm text-muted">
        It is shown this once: only a fingerprint of it is stored. Keep it where your program reads its secrets, and send it in the header{' '}
        <code className="font-mono whitespace-nowrap text-ink">Authorization: Bearer</code>.
      </p>
      <div className="mt-4 flex gap-2">
        <input
          ref={field}
          readOnly
          aria-label="API key"
          aria-describedby={hintId}
          value={apiKey}
          spellCheck={false}
          // Backwards: the beginning stays in sight, which is what lists show.
          onFocus={(event) => event.target.setSelectionRange(0, apiKey.length, 'backward')}
          onCopy={() => setCopied(true)}
          className="control min-w-0 grow font-mono text-sm"
        />
        <Button tone="primary" onClick={copy}>
          {copied ? <Check aria-hidden className="size-4" /> : <Copy aria-hidden className="size-4" />}
          {copied ? 'Copied' : 'Copy'}
        </Button>
      </div>
      <output className="mt-1.5 block min-h-5 text-sm text-muted">
        {copied
          ? 'The key is in the clipboard.'
          : byHand
            ? 'This browser does not let the page copy. The key is selected: copy it by hand.'
            : ''}
      </output>
      {warned && !copied && (
        <div className="mt-2">
          <Notice tone="warn" announce title="The key was not copied yet">
            It cannot be shown again. Without it, make another one and revoke this one.
          </Notice>
        </div>
      )}
    </Modal>
  )
}

/** Copies text, or selects it where the browser does not allow that (outside of HTTPS). The field has the focus from the start. */
function useCopy(text: string) {
  const field = useRef<HTMLInputElement>(null)
  const [copied, setCopied] = useState(false)
  const [byHand, setByHand] = useState(false)
  useEffect(() => field.current?.focus(), [])
  const selectForHand = () => {
    setByHand(true)
    field.current?.focus()
    field.current?.setSelectionRange(0, text.length, 'backward')
  }
  const copy = () => {
    if (!('clipboard' in navigator)) return selectForHand()
    navigator.clipboard.writeText(text).then(() => setCopied(true), selectForHand)
  }
  return { field, copied, setCopied, copy, byHand }
}
