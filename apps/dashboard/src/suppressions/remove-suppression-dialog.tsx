import type { Suppression } from '@maildock/client'
import { describeFailure } from '../shell/failure-message.ts'
import { Button } from '../ui/button.tsx'
import { Modal } from '../ui/modal.tsx'
import { Notice } from '../ui/notice.tsx'
import { REASON_WORDS } from './describe-suppression.ts'
import { useRemoveSuppression } from './use-suppressions.ts'

export interface RemoveSuppressionDialogProps {
  readonly suppression: Suppression
  readonly onClose: () => void
}

/** Asks once more, and says what follows. */
export function RemoveSuppressionDialog({ suppression: { email, reason }, onClose }: RemoveSuppressionDialogProps) {
  const remove = useRemoveSuppression(onClose)
  return (
    <Modal
      title={`Send to ${email} again?`}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button tone={reason === 'complaint' ? 'danger' : 'primary'} busy={remove.isPending} onClick={() => remove.mutate({ email })}>
            Take it off the list
          </Button>
        </>
      }
    >
      <p className="text-sm">{REASON_WORDS[reason].afterwards}</p>
      {remove.error !== null && (
        <div className="mt-4">
          <Notice tone="bad" announce title="The address was not taken off the list">
            {describeFailure(remove.error).text}
          </Notice>
        </div>
      )}
    </Modal>
  )
}
