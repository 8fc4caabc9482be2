import { listFieldErrors, toMaildockError } from '@maildock/client'
import { useId, useState, type FormEvent } from 'react'
import { useAccounts } from '../accounts/use-accounts.ts'
import { describeFailure } from '../shell/failure-message.ts'
import { Button } from '../ui/button.tsx'
import { Modal } from '../ui/modal.tsx'
import { Notice } from '../ui/notice.tsx'
import { EMPTY_KEY_FORM, readKeyForm, type KeyFormErrors } from './key-form.ts'
import { KeyFields } from './key-fields.tsx'
import { NewKey } from './new-key.tsx'
import { useCreateKey } from './use-keys.ts'

/** Makes a key, then shows it, this once. What is wrong is said from the first attempt on. */
export function CreateKeyDialog({ onClose }: { readonly onClose: () => void }) {
  const { data: accounts = [] } = useAccounts()
  const [values, setValues] = useState(EMPTY_KEY_FORM)
  const [tried, setTried] = useState(false)
  const create = useCreateKey()
  const formId = useId()
  if (create.data !== undefined) return <NewKey apiKey={create.data.key} onClose={onClose} />

  const reading = readKeyForm(values)
  const refused = create.error === null ? null : toMaildockError(create.error)
  const errors: KeyFormErrors = tried && !reading.ok ? reading.errors : {}
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setTried(true)
    if (reading.ok) create.mutate(reading.input)
    else focusFirst(event.currentTarget, reading.errors)
  }
  return (
    <Modal
      title="Create an API key"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="primary" type="submit" form={formId} busy={create.isPending}>
            Create key
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} noValidate aria-label="API key" className="flex flex-col gap-5 pt-1">
        <KeyFields
          values={values}
          errors={errors}
          accounts={accounts}
          onChange={(changes) => {
            create.reset()
            setValues({ ...values, ...changes })
          }}
        />
        {refused !== null && (
          <Notice tone="bad" announce title="The key was not created">
            {Object.values(listFieldErrors(refused).fieldErrors)[0]?.[0] ?? describeFailure(refused).text}
          </Notice>
        )}
      </form>
    </Modal>
  )
}

/** The first field that is wrong, in the order of the form. */
function focusFirst(form: HTMLFormElement, errors: KeyFormErrors): void {
  const first = [...form.elements].find(
    (element) => element instanceof HTMLElement && Object.hasOwn(errors, element.getAttribute('name') ?? ''),
  )
  if (first instanceof HTMLElement) first.focus()
}
