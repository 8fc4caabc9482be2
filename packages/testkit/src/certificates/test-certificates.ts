import { isIP } from 'node:net'
import { generate } from 'selfsigned'

/** A server's private key and certificate, PEM. */
export interface ServerCertificate {
  readonly key: string
  readonly cert: string
}

export interface IssueOptions {
  /** Names and addresses the certificate is for (SAN). */
  readonly names: readonly string[]
  readonly notBefore?: Date
  readonly notAfter?: Date
  /** Default EC P-256. A size of RSA below 2048 is weak on purpose. */
  readonly rsaBits?: number
}

/** A certificate authority that only tests trust. */
export interface TestAuthority {
  /** PEM, for `extraCa`. */
  readonly caCertificate: string
  issue(options: IssueOptions): Promise<ServerCertificate>
}

const DAY_MS = 86_400_000

/** Makes an authority. It lives in memory only. */
export async function createTestAuthority(commonName = 'Maildock test authority'): Promise<TestAuthority> {
  const authority = await generate([{ name: 'commonName', value: commonName }], {
    algorithm: 'sha256',
    keyType: 'ec',
    notAfterDate: new Date(Date.now() + DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  return {
    caCertificate: authority.cert,
    issue: (options) => issueCertificate(options, { key: authority.private, cert: authority.cert }),
  }
}

/** A certificate that vouches for itself. */
export function issueSelfSigned(options: IssueOptions): Promise<ServerCertificate> {
  return issueCertificate(options)
}

async function issueCertificate(options: IssueOptions, ca?: { key: string; cert: string }): Promise<ServerCertificate> {
  const issued = await generate([{ name: 'commonName', value: options.names[0] ?? 'unnamed' }], {
    algorithm: 'sha256',
    ...(options.rsaBits === undefined ? { keyType: 'ec' as const } : { keyType: 'rsa' as const, keySize: options.rsaBits }),
    notBeforeDate: options.notBefore ?? new Date(Date.now() - DAY_MS),
    notAfterDate: options.notAfter ?? new Date(Date.now() + DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: options.rsaBits !== undefined },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: options.names.map((name) => (isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name })),
      },
    ],
    ...(ca === undefined ? {} : { ca }),
  })
  return { key: issued.private, cert: issued.cert }
}
