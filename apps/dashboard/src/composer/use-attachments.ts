import { createMaildockClient, MaildockError, type DraftAttachment } from '@maildock/client'
import { useState } from 'react'
import { describeFailure } from '../shell/failure-message.ts'
import { useTRPCClient } from '../shell/trpc.ts'
import type { DraftKeeper } from './draft-keeper.ts'
import { readBase64 } from './read-base64.ts'
import { createUploadFetch } from './upload-fetch.ts'

/** A file of the message. */
export interface ComposedFile {
  readonly id: string
  readonly filename: string
  readonly sizeOctets: number
  /** How much of it has left, from 0 to 1; null: it is there. */
  readonly progress: number | null
  /** Why it is not there. */
  readonly failure: string | null
}

export interface Attachments {
  readonly files: readonly ComposedFile[]
  /** Some are still on their way. */
  readonly uploading: boolean
  readonly add: (files: readonly File[]) => void
  readonly remove: (id: string) => void
  /**
   * Makes sure that the draft has the files that are shown, and no other: a request whose answer was lost may have left one there. @throws when one is missing,
   * and what the server says
   */
  readonly settle: () => Promise<void>
}

/** Of all files: with base64 around them they fit into a message. The server has the same bound. */
const MAX_DRAFT_FILE_OCTETS = 18 * 1024 * 1024
/** Over a slow line a large file takes minutes. */
const UPLOAD_TIMEOUT_MS = 600_000

/** The files of a message: stored with its draft as soon as they are added, one after the other. */
export function useAttachments(keeper: DraftKeeper, stored: readonly DraftAttachment[]): Attachments {
  const client = useTRPCClient()
  const [files, setFiles] = useState<readonly ComposedFile[]>(() =>
    stored.map(({ attachmentId, filename, sizeOctets }) => ({ id: attachmentId, filename, sizeOctets, progress: null, failure: null })),
  )
  const change = (id: string, part: Partial<ComposedFile>) =>
    setFiles((known) => known.map((file) => (file.id === id ? { ...file, ...part } : file)))

  const upload = async (id: string, file: File) => {
    try {
      const content = await readBase64(file)
      await keeper.flush(true)
      const uploader = createMaildockClient({
        baseUrl: '',
        timeoutMs: UPLOAD_TIMEOUT_MS,
        fetch: createUploadFetch((progress) => change(id, { progress })),
      })
      await keeper.run(async () =>
        uploader.drafts.attach({
          draftId: keeper.draftId,
          attachmentId: id,
          filename: file.name.slice(-255),
          content,
          ...(/^[\w.+-]+\/[\w.+-]+$/u.test(file.type) ? { contentType: file.type } : {}),
        }),
      )
      change(id, { progress: null })
    } catch (error) {
      change(id, { progress: null, failure: describeFailure(error).text })
    }
  }

  const add = (added: readonly File[]) => {
    let total = files.reduce((sum, { sizeOctets, failure }) => sum + (failure === null ? sizeOctets : 0), 0)
    for (const file of added) {
      const id = crypto.randomUUID()
      const fits = total + file.size <= MAX_DRAFT_FILE_OCTETS
      const failure = fits ? null : 'It does not fit: all files together have at most 18 MiB.'
      setFiles((known) => [...known, { id, filename: file.name, sizeOctets: file.size, progress: fits ? 0 : null, failure }])
      if (fits) {
        total += file.size
        void upload(id, file)
      }
    }
  }

  const remove = (id: string) => {
    const isStored = files.some((file) => file.id === id && file.failure === null)
    setFiles((known) => known.filter((file) => file.id !== id))
    if (isStored) {
      // Should it fail: what is shown is compared before the message is sent.
      void keeper.run(async () => client.drafts.detach.mutate({ draftId: keeper.draftId, attachmentId: id })).catch(() => undefined)
    }
  }
  const settle = async () => {
    const { attachments } = await client.drafts.get.query({ draftId: keeper.draftId })
    const shown = new Set(files.filter(({ failure }) => failure === null).map(({ id }) => id))
    for (const { attachmentId } of attachments.filter((known) => !shown.delete(known.attachmentId))) {
      await keeper.run(async () => client.drafts.detach.mutate({ draftId: keeper.draftId, attachmentId }))
    }
    if (shown.size > 0) throw new MaildockError('client.unexpected', 'A file is missing.')
  }
  return { settle, files, uploading: files.some(({ progress }) => progress !== null), add, remove }
}
