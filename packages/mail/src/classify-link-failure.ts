import type { VerificationStage } from '@maildock/core'
import type { LinkReason } from './fault-reason.ts'

/** Codes of node:tls and OpenSSL for a chain that does not verify. */
const CERTIFICATE_PROBLEMS: Readonly<Record<string, LinkReason>> = {
  CERT_HAS_EXPIRED: 'certificate_expired',
  CERT_NOT_YET_VALID: 'certificate_not_yet_valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate_of_other_name',
  ERR_TLS_CERT_ALTNAME_FORMAT: 'certificate_of_other_name',
  HOSTNAME_MISMATCH: 'certificate_of_other_name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate_of_unknown_issuer',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate_of_unknown_issuer',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate_of_unknown_issuer',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate_of_unknown_issuer',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate_of_unknown_issuer',
  UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: 'certificate_of_unknown_issuer',
  CERT_SIGNATURE_FAILURE: 'certificate_of_unknown_issuer',
  CERT_UNTRUSTED: 'certificate_of_unknown_issuer',
  CERT_REJECTED: 'certificate_of_unknown_issuer',
  CERT_REVOKED: 'certificate_of_unknown_issuer',
  CERT_CHAIN_TOO_LONG: 'certificate_of_unknown_issuer',
  INVALID_CA: 'certificate_of_unknown_issuer',
  INVALID_PURPOSE: 'certificate_of_unknown_issuer',
  PATH_LENGTH_EXCEEDED: 'certificate_of_unknown_issuer',
  // Node has no name for what OpenSSL says of weak keys and digests.
  UNSPECIFIED: 'certificate_weak',
  EE_KEY_TOO_SMALL: 'certificate_weak',
  CA_KEY_TOO_SMALL: 'certificate_weak',
  CA_MD_TOO_WEAK: 'certificate_weak',
  ERR_SSL_EE_KEY_TOO_SMALL: 'certificate_weak',
  ERR_SSL_CA_KEY_TOO_SMALL: 'certificate_weak',
  ERR_SSL_CA_MD_TOO_WEAK: 'certificate_weak',
}

/** Records that are no TLS at all: the server speaks in clear where TLS was expected. */
const NOT_TLS =
  /^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|HTTPS_PROXY_REQUEST|UNEXPECTED_MESSAGE|BAD_RECORD_TYPE|RECORD_LAYER_FAILURE|INVALID_RECORD)$/u
/** TLS, but none we accept: too old, or no cipher or key exchange in common. */
const NO_COMMON_TLS = /^(?:ERR_SSL_|EPROTO)/u

/** Why the connection itself failed, from the stage and the code of the system's or OpenSSL's error. */
export function classifyLinkFailure(stage: VerificationStage, errorCode: string): LinkReason {
  if (stage === 'dns') return 'host_unknown'
  if (stage === 'connect') return errorCode === 'ETIMEDOUT' ? 'timeout' : 'unreachable'
  // TLS was agreed upon long ago: what breaks it now is octets that were changed on their way.
  if (stage === 'ready') return 'lost'
  const certificate = CERTIFICATE_PROBLEMS[errorCode]
  if (certificate !== undefined) return certificate
  if (NOT_TLS.test(errorCode)) return 'not_tls'
  return NO_COMMON_TLS.test(errorCode) ? 'no_common_tls' : 'lost'
}
