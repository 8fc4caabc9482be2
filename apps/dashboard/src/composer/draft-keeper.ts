import { toMaildockError, type Draft, type DraftContent, type DraftRevision } from '@maildock/client'

/** Where what was written stands. gone: the draft was sent or deleted somewhere else. conflict: it was changed there. */
export type KeptState = 'new' | 'saved' | 'unsaved' | 'saving' | 'failed' | 'conflict' | 'gone'

/** What the server does for a draft. */
export interface DraftServer {
  save(input: { readonly draftId: string; readonly revision: number; readonly content: DraftContent }): Promise<DraftRevision>
}

export interface DraftKeeperOptions {
  readonly server: DraftServer
  /** Null: nothing is kept yet. */
  readonly draft: Draft | null
  /** What is there before anything is written. */
  readonly initial: DraftContent
  readonly newId: () => string
  /** Called with each change of the state. */
  readonly onState: (state: KeptState) => void
  /** After the last change. In milliseconds. */
  readonly delayMs: number
}

/**
 * Keeps what is written at the server: a moment after the last change, and when it is asked to. Changes go one after the other, those of files too, so that each
 * follows the revision before it. Nothing is saved that was not changed: who only looks makes no draft.
 */
export class DraftKeeper {
  readonly #options: DraftKeeperOptions
  #draftId: string
  #revision: number
  /** As it is at the server, or as it was before anything was written. Null: it is to be saved in any case. */
  #saved: string | null
  #content: DraftContent
  /** What was to be saved, and nobody heard whether it was. */
  #unheard: DraftContent | null = null
  #chain: Promise<unknown> = Promise.resolve()
  #timer: ReturnType<typeof setTimeout> | undefined
  #state: KeptState

  constructor(options: DraftKeeperOptions) {
    const { draft, newId, initial } = options
    this.#options = options
    this.#draftId = draft?.draftId ?? newId()
    this.#revision = draft?.revision ?? 0
    this.#content = draft?.content ?? initial
    this.#saved = JSON.stringify(this.#content)
    this.#state = draft === null ? 'new' : 'saved'
  }

  get draftId(): string {
    return this.#draftId
  }

  get state(): KeptState {
    return this.#state
  }

  /** Something is written that the server does not have. */
  get isDirty(): boolean {
    return JSON.stringify(this.#content) !== this.#saved
  }

  /** What is written now. */
  change(content: DraftContent): void {
    this.#content = content
    if (!this.isDirty || this.#isLost()) return
    this.#tell('unsaved')
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.flush().catch(() => undefined), this.#options.delayMs)
  }

  /** Saves now what is not saved. @param always also when nothing was changed: for what belongs to a draft. @throws what the server says */
  async flush(always = false): Promise<void> {
    clearTimeout(this.#timer)
    await this.run(async () => {
      if (!this.isDirty && !(always && this.#revision === 0)) return null
      this.#tell('saving')
      try {
        // It may be there: said again as it was, it is the same revision. What was written since follows it.
        if (this.#unheard !== null) await this.#save(this.#unheard)
        return await this.#save(this.#content)
      } catch (error) {
        const { code, httpStatus } = toMaildockError(error)
        // The server has refused it: it is not there.
        if (httpStatus !== undefined && httpStatus < 500) this.#unheard = null
        this.#tell(STATE_AFTER.get(code) ?? 'failed')
        throw error
      }
    })
  }

  async #save(content: DraftContent): Promise<DraftRevision> {
    this.#unheard = content
    const told = await this.#options.server.save({ draftId: this.#draftId, revision: this.#revision, content })
    this.#unheard = null
    this.#revision = told.revision
    this.#saved = JSON.stringify(content)
    return told
  }

  /** Runs a change of the draft after those that are under way. @param change answers with the new revision; null: there is none */
  async run(change: () => Promise<DraftRevision | null>): Promise<void> {
    const next = this.#runAfter(this.#chain, change)
    this.#chain = next.catch(() => undefined)
    await next
  }

  async #runAfter(before: Promise<unknown>, change: () => Promise<DraftRevision | null>): Promise<void> {
    await before
    const told = await change()
    if (told !== null) {
      this.#revision = told.revision
      this.#tell(this.isDirty ? 'unsaved' : 'saved')
    }
  }

  /** What is written becomes a new draft: the other one is somebody else's now, or gone. Its files stay there. */
  async saveAsNew(): Promise<void> {
    this.#draftId = this.#options.newId()
    this.#revision = 0
    this.#saved = null
    this.#unheard = null
    this.#tell('unsaved')
    await this.flush()
  }

  /** Nothing more is saved by itself. */
  stop(): void {
    clearTimeout(this.#timer)
  }

  #isLost(): boolean {
    return this.#state === 'conflict' || this.#state === 'gone'
  }

  #tell(state: KeptState): void {
    this.#state = state
    this.#options.onState(state)
  }
}

const STATE_AFTER: ReadonlyMap<string, KeptState> = new Map([
  ['draft.changed_meanwhile', 'conflict'],
  ['draft.not_found', 'gone'],
])
