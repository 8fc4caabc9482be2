import { EmailAddress, listFieldErrors, toMaildockError } from '@maildock/client'
import { useEffect, useId, useRef, useState } from 'react'
import { describeFailure } from '../shell/failure-message.ts'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { Modal } from '../ui/modal.tsx'
import { Notice } from '../ui/notice.tsx'
import { useAddSuppression } from './use-suppressions.ts'

/** Asks for an address that mail is not to be sent to. */
export function AddSuppressionDialog({ onClose }: { readonly onClose: () => void }) {
  const [email, setEmail] = useState('')
  const [error, setError] = useState<string | undefined>()
  const add = useAddSuppression(onClose)
  const formId = useId()
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => input.current?.focus(), [])
  const refused = add.error === null ? null : toMaildockError(add.error)
  const refusedField = refused === null ? undefined : listFieldErrors(refused).fieldErrors['email']?.[0]
  return (
    <Modal
      title="Suppress an address"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="primary" type="submit" form={formId} busy={add.isPending}>
            Suppress
          </Button>
        </>
      }
    >
      <form
        id={formId}
        noValidate
        aria-label="Address"
        onSubmit={(event) => {
          event.preventDefault()
          const checked = EmailAddress.safeParse(email)
          if (checked.success) add.mutate({ email: checked.data })
          else {
            setError(checked.error.issues[0]?.message)
            input.current?.focus()
          }
        }}
        className="flex flex-col gap-4 pt-1"
      >
        <Field label="E-mail address" hint="Mail to it is refused, from whichever of your accounts." error={error ?? refusedField}>
          {(ids) => (
            <input
              {...ids}
              ref={input}
              type="email"
              autoComplete="off"
              className="control"
              value={email}
              onChange={(event) => {
                setEmail(event.target.value)
                setError(undefined)
                add.reset()
              }}
            />
          )}
        </Field>
        {refused !== null && refusedField === undefined && (
          <Notice tone="bad" announce title="The address was not added">
            {describeFailure(refused).text}
          </Notice>
        )}
      </form>
    </Modal>
  )
}
