import { ExternalLink } from 'lucide-react'
import { Notice } from '../ui/notice.tsx'
import type { ProviderPreset } from './provider-presets.ts'

/** What a provider wants, told before anything is tried. Nothing where address and password will do. */
export function ProviderNote({ preset }: { readonly preset: ProviderPreset }) {
  const { password, enableImap, name } = preset
  if (password.kind === 'refused') {
    return (
      <Notice tone="warn" title={`${name} will probably refuse this`}>
        {password.why}
      </Notice>
    )
  }
  if (password.kind === 'normal') return enableImap === undefined ? null : <Notice tone="info">{enableImap}</Notice>
  return (
    <Notice
      tone="info"
      title={password.when === 'always' ? `${name} needs an app password` : `${name} needs an app password if you use two-step sign-in`}
    >
      {enableImap !== undefined && <p>{enableImap}</p>}
      <ol className="mt-1.5 list-decimal space-y-0.5 pl-4">
        {password.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <a
        href={password.url}
        target="_blank"
        rel="noreferrer"
        className="mt-2 inline-flex items-center gap-1 font-medium text-accent-ink underline underline-offset-2"
      >
        Make an app password
        <span className="sr-only"> in a new tab</span>
        <ExternalLink aria-hidden className="size-3.5" />
      </a>
    </Notice>
  )
}
