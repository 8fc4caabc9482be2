import type { ApiKey } from '@maildock/client'
import { describeFailure } from '../shell/failure-message.ts'
import { Button } from '../ui/button.tsx'
import { Modal } from '../ui/modal.tsx'
import { Notice } from '../ui/notice.tsx'
import { useRevokeKey } from './use-keys.ts'

export interface RevokeKeyDialogProps {
  readonly apiKey: ApiKey
  readonly onClose: () => void
  readonly onRevoked: () => void
}

/** Asks once more, and says what follows. */
export function RevokeKeyDialog({ apiKey, onClose, onRevoked }: RevokeKeyDialogProps) {
  const revoke = useRevokeKey(apiKey, onRevoked)
  return (
    <Modal
      title={`Revoke ${apiKey.name}?`}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button tone="danger" busy={revoke.isPending} onClick={() => revoke.mutate({ id: apiKey.id })}>
            Revoke
          </Button>
        </>
      }
    >
      <p className="text-sm">
        Programs that use <code className="font-mono text-sm">{apiKey.keyPrefix}…</code> are refused from their next request on. A revoked
        key cannot be made active again; other keys stay as they are.
      </p>
      {revoke.error !== null && (
        <div className="mt-4">
          <Notice tone="bad" announce title="The key was not revoked">
            {describeFailure(revoke.error).text}
          </Notice>
        </div>
      )}
    </Modal>
  )
}
