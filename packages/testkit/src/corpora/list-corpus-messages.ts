import { readdirSync, readFileSync } from 'node:fs'

export interface CorpusFile {
  /** Folder and file: `mime4j/obsolete.msg`. */
  readonly name: string
  readonly raw: Buffer
}

const CORPORA = new URL('../../corpora/', import.meta.url)

/** The messages of the corpora, by name. Some of them are no good mail at all: that is what they are for. */
export function listCorpusMessages(): readonly CorpusFile[] {
  return ['mailparser', 'mime4j'].flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, CORPORA))
      .filter((file) => file.endsWith('.eml') || file.endsWith('.msg'))
      .toSorted()
      .map((file) => ({ name: `${folder}/${file}`, raw: readFileSync(new URL(`${folder}/${file}`, CORPORA)) })),
  )
}
