import { hash, verify, type Options } from '@node-rs/argon2'
import { createWorkLimit } from './work-limit.ts'

/** Turns passwords into what is stored of them. The port behind which the work factor is measured and replaced. */
export interface PasswordHasher {
  hash(password: string): Promise<string>
  /** False for a wrong password. @throws Error when what is stored is no Argon2 hash */
  verify(stored: string, password: string): Promise<boolean>
}

/** Argon2id (RFC 9106): 32 MiB, 3 passes, 1 lane. Above OWASP's minimum (19 MiB, 2 passes); about 50 ms of one core. */
export const ARGON2_PARAMETERS = { memoryCost: 32_768, timeCost: 3, parallelism: 1 } as const satisfies Options

/** Node has four threads for this, for name resolution and for files: two are left to them. At most 64 MiB at once. */
const MAX_RUNNING = 2
/** Three seconds of work. */
const MAX_WAITING = 100

/**
 * Hashes with Argon2id. The same password typed on different keyboards is the same password (NFKC, NIST SP 800-63B section 3.1.1.2).
 * With a pepper, which is kept outside the database, a dump of the database alone cannot be tried against a word list; whoever loses
 * the pepper loses all passwords.
 */
export function createPasswordHasher(pepper?: string): PasswordHasher {
  const options: Options = pepper === undefined ? ARGON2_PARAMETERS : { ...ARGON2_PARAMETERS, secret: Buffer.from(pepper, 'utf8') }
  const limit = createWorkLimit(MAX_RUNNING, MAX_WAITING)
  return {
    hash: async (password) => await limit(async () => await hash(password.normalize('NFKC'), options)),
    verify: async (stored, password) => await limit(async () => await verify(stored, password.normalize('NFKC'), options)),
  }
}
