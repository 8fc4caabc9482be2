import { Link, useRouter, type ErrorComponentProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Button, buttonClass } from '../ui/button.tsx'
import { useDocumentTitle } from '../ui/page.tsx'
import { describeFailure } from './failure-message.ts'

/** A whole page for what could not be shown. */
export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const { text, requestId } = describeFailure(error)
  const retry = () => {
    reset()
    void router.invalidate()
  }
  return (
    <MessagePage title="This page could not be loaded" text={text}>
      <Button tone="primary" onClick={retry}>
        Try again
      </Button>
      <Link to="/" className={buttonClass('secondary')}>
        Go to accounts
      </Link>
      {requestId !== null && <p className="mt-4 w-full text-xs text-faint">Request {requestId}</p>}
    </MessagePage>
  )
}

export function NotFoundPage() {
  return (
    <MessagePage title="There is nothing here" text="The address may be mistyped, or what it led to is gone.">
      <Link to="/" className={buttonClass('primary')}>
        Go to accounts
      </Link>
    </MessagePage>
  )
}

function MessagePage({ title, text, children }: { readonly title: string; readonly text: string; readonly children: ReactNode }) {
  useDocumentTitle(title)
  return (
    <main className="grid min-h-[70dvh] place-items-center px-6 py-16">
      <div className="max-w-sm text-center" role="alert">
        <QuayDrawing />
        <h1 className="mt-6 text-xl font-semibold tracking-[-0.015em]">{title}</h1>
        <p className="mt-2 text-muted">{text}</p>
        <div className="mt-6 flex flex-wrap justify-center gap-2">{children}</div>
      </div>
    </main>
  )
}

/** An empty quay: the place where an envelope would be. */
function QuayDrawing() {
  return (
    <svg viewBox="0 0 120 72" aria-hidden className="mx-auto w-28">
      <rect x="36" y="8" width="48" height="36" rx="6" className="fill-none stroke-line-strong" strokeWidth="2" strokeDasharray="4 5" />
      <path d="M44 18l16 12 16-12" className="fill-none stroke-line-strong" strokeWidth="2" strokeDasharray="4 5" />
      <path d="M10 56h100" className="stroke-control" strokeWidth="2.5" strokeLinecap="round" />
      <path d="M26 56v9M60 56v9M94 56v9" className="stroke-line-strong" strokeWidth="2.5" strokeLinecap="round" />
    </svg>
  )
}
