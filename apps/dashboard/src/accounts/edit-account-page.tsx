import type { Account } from '@maildock/client'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { describeFailure } from '../shell/failure-message.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { Page, Section } from '../ui/page.tsx'
import { LoadingLabel, Skeleton } from '../ui/skeleton.tsx'
import { BackLink } from '../ui/back-link.tsx'
import { DisconnectDialog } from './disconnect-dialog.tsx'
import { EditNameForm } from './edit-name-form.tsx'
import { EditServersForm } from './edit-servers-form.tsx'
import { EditWindowForm } from './edit-window-form.tsx'
import { MailboxChoice } from './mailbox-choice.tsx'
import { SyncErrorNotice } from './sync-error-notice.tsx'
import { useAccounts, useMakeDefault } from './use-accounts.ts'

/** Everything about an account that can be changed. */
export function EditAccountPage() {
  const { accountId } = useParams({ from: '/app/accounts/$accountId/edit' })
  const { data: accounts, error, isPending } = useAccounts()
  const account = accounts?.find((candidate) => candidate.id === accountId)
  if (isPending) {
    return (
      <Page narrow title="Edit account">
        <LoadingLabel what="the account" />
        <Skeleton className="h-9 w-full" />
        <Skeleton className="mt-6 h-40 w-full" />
      </Page>
    )
  }
  if (accounts === undefined || account === undefined) {
    return (
      <Page narrow title="Edit account">
        <Notice tone="bad" title={accounts === undefined ? 'The account could not be loaded' : 'There is no such account'}>
          {accounts === undefined ? describeFailure(error).text : 'It may have been disconnected.'}
        </Notice>
      </Page>
    )
  }
  return <EditAccount key={account.id} account={account} accounts={accounts} />
}

function EditAccount({ account, accounts }: { readonly account: Account; readonly accounts: readonly Account[] }) {
  const [leaving, setLeaving] = useState(false)
  const makeDefault = useMakeDefault()
  return (
    <Page
      narrow
      title={account.email}
      description={<BackLink to="/" label="Accounts" />}
      actions={account.isDefault ? <Badge>Default</Badge> : undefined}
    >
      <SyncErrorNotice account={account} withAction={false} />
      <div className={account.syncError === null ? undefined : 'mt-6'}>
        <Section title="Display name" description="What recipients see as the sender.">
          <EditNameForm account={account} />
        </Section>
        <Section title="Default account" description="Used wherever no account is named.">
          {account.isDefault ? (
            <p className="text-sm text-muted">
              This is the default account.{accounts.length > 1 ? ' To change that, make another account the default.' : ''}
            </p>
          ) : (
            <Button busy={makeDefault.isPending} onClick={() => makeDefault.mutate({ id: account.id, isDefault: true })}>
              Make default
            </Button>
          )}
        </Section>
        <Section id="window" title="How much mail" description="A later day leaves what is stored. An earlier one fetches what is missing.">
          <EditWindowForm account={account} />
        </Section>
        <Section
          id="mailboxes"
          title="Mailboxes"
          description="Those that are left out are not opened any more. What is stored of them stays."
        >
          <MailboxChoice accountId={account.id} />
        </Section>
        <Section
          title="Servers and sign-in"
          description="Both servers are checked with the new settings before they replace the old ones. No mail is lost."
        >
          <EditServersForm account={account} />
        </Section>
        <Section title="Disconnect" description="Ends the sync and erases the stored password. Synced mail stays.">
          <Button tone="danger-outline" onClick={() => setLeaving(true)}>
            Disconnect…
          </Button>
        </Section>
      </div>
      {leaving && <DisconnectDialog account={account} accounts={accounts} onClose={() => setLeaving(false)} />}
    </Page>
  )
}
