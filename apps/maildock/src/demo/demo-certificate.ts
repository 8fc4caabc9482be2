import { generate } from 'selfsigned'

export interface DemoCertificate {
  readonly key: string
  readonly cert: string
}

const VALID_DAYS = 30

/**
 * A certificate for `localhost`, made at each start and trusted by this installation alone: Maildock never talks to a mail
 * server without TLS, and the demo is no exception.
 */
export async function createDemoCertificate(now: Date = new Date()): Promise<DemoCertificate> {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    algorithm: 'sha256',
    notBeforeDate: new Date(now.getTime() - 3_600_000),
    notAfterDate: new Date(now.getTime() + VALID_DAYS * 86_400_000),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  })
  return { key: made.private, cert: made.cert }
}
