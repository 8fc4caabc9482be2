import { once } from 'node:events'
import { createTestAuthority, startDovecot, startPostfix } from '../../src/index.ts'

// A test run in miniature: starts both servers, says where they are, and stops them when its input ends.
const authority = await createTestAuthority()
const certificate = await authority.issue({ names: ['localhost'] })
await using dovecot = await startDovecot({ certificate })
await using postfix = await startPostfix({ certificate, dovecot })
const started = {
  ports: [dovecot.imapPort, dovecot.imapsPort, postfix.submissionPort, postfix.submissionsPort],
  folders: [dovecot.folder, postfix.folder],
}
process.stdout.write(`${JSON.stringify(started)}\n`)
process.stdin.resume()
await once(process.stdin, 'end')
