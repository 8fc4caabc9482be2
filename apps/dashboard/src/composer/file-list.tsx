import { Paperclip, X } from 'lucide-react'
import { describeSize } from '../messages/message-text.ts'
import { IconButton } from '../ui/button.tsx'
import { ProgressBar } from '../ui/progress-bar.tsx'
import type { ComposedFile } from './use-attachments.ts'

/** The files of a message, with how far each has come. */
export function FileList({ files, onRemove }: { readonly files: readonly ComposedFile[]; readonly onRemove: (id: string) => void }) {
  if (files.length === 0) return null
  return (
    <ul aria-label="Files" className="mt-3 grid gap-2 sm:grid-cols-2">
      {files.map(({ id, filename, sizeOctets, progress, failure }) => (
        <li key={id} className="min-w-0 rounded-md border border-line bg-surface py-1.5 pr-1 pl-3 text-sm">
          <div className="flex items-center gap-2">
            <Paperclip aria-hidden className="size-3.5 shrink-0 text-faint" />
            <span className="truncate">{filename}</span>
            <span className="shrink-0 text-muted tabular-nums">{describeSize(sizeOctets)}</span>
            <span className="grow" />
            <IconButton label={`Remove ${filename}`} onClick={() => onRemove(id)} className="size-7!">
              <X aria-hidden className="size-3.5" />
            </IconButton>
          </div>
          {progress !== null && <ProgressBar slim label={`Uploading ${filename}`} fraction={progress} />}
          {failure !== null && (
            <p role="alert" className="pr-2 pb-1 text-bad">
              {failure}
            </p>
          )}
        </li>
      ))}
    </ul>
  )
}
