import { Send } from 'lucide-react'
import { EmptyPage } from '../ui/empty-page.tsx'

/** What the outbox will hold, for somebody who has sent nothing. */
export function EmptyOutbox() {
  return (
    <EmptyPage icon={Send} label="Nothing was sent yet" title="Nothing was sent yet">
      Every message that programs send through your accounts is listed here: who got it, what their mail server said, and what can still be
      taken back or sent again.
    </EmptyPage>
  )
}
