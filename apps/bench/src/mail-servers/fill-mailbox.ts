import { chownSync, closeSync, fchownSync, futimesSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import type { Dovecot } from '@maildock/testkit'
import { generateCorpus, type CorpusMessage, type CorpusOptions } from '../corpus/corpus.ts'

/** After so many messages the event loop has a turn: a signal must be able to end us. */
const MESSAGES_IN_A_ROW = 500

interface Owner {
  readonly uid: number
  readonly gid: number
}

/**
 * Puts a corpus into the INBOX of a user nobody has used yet, all of it read: the files of a Maildir, as Dovecot itself would have written them,
 * several times as fast as by APPEND. Dovecot numbers them oldest first when it looks. @returns the octets of the messages
 */
export async function fillMailbox(dovecot: Dovecot, username: string, corpus: CorpusOptions): Promise<number> {
  const home = (await dovecot.doveadm('user', '-f', 'home', username)).trim()
  const owner = await stat(join(dovecot.folder, 'home'))
  for (const folder of [home, join(home, 'Maildir'), ...['cur', 'new', 'tmp'].map((name) => join(home, 'Maildir', name))]) {
    mkdirSync(folder, { mode: 0o700 })
    chownSync(folder, owner.uid, owner.gid)
  }
  let octets = 0
  let written = 0
  for (const message of generateCorpus(corpus)) {
    writeMessage(join(home, 'Maildir/cur'), message, owner)
    octets += message.raw.length
    written += 1
    if (written % MESSAGES_IN_A_ROW === 0) await turn()
  }
  return octets
}

/** The name holds what Dovecot would have to find out (size with and without CR: ours have CRLF); the time of the file is INTERNALDATE. */
function writeMessage(folder: string, { plan, raw }: CorpusMessage, { uid, gid }: Owner): void {
  const seconds = Math.floor(plan.internalDate.getTime() / 1000)
  const file = openSync(join(folder, `${seconds}.M${plan.index}P1.bench,S=${raw.length},W=${raw.length}:2,S`), 'wx', 0o600)
  try {
    writeFileSync(file, raw)
    fchownSync(file, uid, gid)
    futimesSync(file, seconds, seconds)
  } finally {
    closeSync(file)
  }
}
