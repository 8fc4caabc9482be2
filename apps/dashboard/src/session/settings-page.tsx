import { Ban, KeyRound, LogOut, Send } from 'lucide-react'
import { Link } from '@tanstack/react-router'
import { ThemeChoiceControl } from '../shell/theme-choice.tsx'
import { Button, buttonClass } from '../ui/button.tsx'
import { Page, Section } from '../ui/page.tsx'
import { ChangePasswordForm } from './change-password-form.tsx'
import { SessionList } from './session-list.tsx'
import { useCurrentSession, useSignOut } from './use-session.ts'

/** What belongs to the user rather than to an account. */
export function SettingsPage() {
  const { user, plan, canSignIn } = useCurrentSession()
  const { signOut, busy } = useSignOut()
  return (
    <Page narrow title="Settings">
      <Section title="You">
        <dl className="grid grid-cols-[6rem_1fr] gap-y-2 text-sm">
          <dt className="text-muted">Signed in as</dt>
          <dd className="break-words">{user?.email ?? 'A user of your identity provider'}</dd>
          {plan !== null && (
            <>
              <dt className="text-muted">Plan</dt>
              <dd className="capitalize">{plan}</dd>
            </>
          )}
        </dl>
        <Button className="mt-5" busy={busy} onClick={signOut}>
          <LogOut aria-hidden className="size-4" />
          Sign out
        </Button>
      </Section>
      <Section title="Appearance" description="Kept in this browser.">
        <ThemeChoiceControl />
      </Section>
      <Section title="Outbox" description="What was sent through your accounts, and what waits.">
        <Link to="/outbox" className={buttonClass('secondary')}>
          <Send aria-hidden className="size-4" />
          Open the outbox
        </Link>
      </Section>
      <Section title="Suppressed addresses" description="Whom your mail is not sent to: it came back, or its reader complained.">
        <Link to="/suppressions" className={buttonClass('secondary')}>
          <Ban aria-hidden className="size-4" />
          Show suppressed addresses
        </Link>
      </Section>
      <Section title="API keys" description="For programs that send mail through your accounts.">
        <Link to="/keys" className={buttonClass('secondary')}>
          <KeyRound aria-hidden className="size-4" />
          Manage API keys
        </Link>
      </Section>
      {canSignIn ? (
        <>
          <Section title="Password" description="Changing it signs every other device out.">
            <ChangePasswordForm email={user?.email ?? ''} />
          </Section>
          <Section title="Sessions" description="Where you are signed in. Sign out what you do not recognise, then change the password.">
            <SessionList />
          </Section>
        </>
      ) : (
        <Section title="Password and sessions">
          <p className="text-sm text-muted">Both are kept by the application this Maildock belongs to.</p>
        </Section>
      )}
    </Page>
  )
}
