import type { VerificationStage } from '@maildock/core'
import { describe, expect, test } from 'vitest'
import { classifyLinkFailure } from './classify-link-failure.ts'
import type { LinkReason } from './fault-reason.ts'

const ROWS: readonly (readonly [VerificationStage, string, LinkReason])[] = [
  ['dns', 'ENOTFOUND', 'host_unknown'],
  ['dns', 'EAI_AGAIN', 'host_unknown'],
  ['connect', 'ECONNREFUSED', 'unreachable'],
  ['connect', 'EHOSTUNREACH', 'unreachable'],
  ['connect', 'ENETUNREACH', 'unreachable'],
  ['connect', 'ECONNRESET', 'unreachable'],
  ['connect', 'ETIMEDOUT', 'timeout'],
  ['greeting', 'ECONNRESET', 'lost'],
  ['greeting', '', 'lost'],
  ['tls', 'ECONNRESET', 'lost'],
  ['tls', 'EPIPE', 'lost'],
  ['tls', 'CERT_HAS_EXPIRED', 'certificate_expired'],
  ['tls', 'CERT_NOT_YET_VALID', 'certificate_not_yet_valid'],
  ['tls', 'ERR_TLS_CERT_ALTNAME_INVALID', 'certificate_of_other_name'],
  ['tls', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate_of_unknown_issuer'],
  ['tls', 'SELF_SIGNED_CERT_IN_CHAIN', 'certificate_of_unknown_issuer'],
  ['tls', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate_of_unknown_issuer'],
  ['tls', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'certificate_of_unknown_issuer'],
  ['tls', 'UNSPECIFIED', 'certificate_weak'],
  ['tls', 'ERR_SSL_WRONG_VERSION_NUMBER', 'not_tls'],
  ['tls', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'not_tls'],
  ['tls', 'ERR_SSL_UNSUPPORTED_PROTOCOL', 'no_common_tls'],
  ['tls', 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'no_common_tls'],
  ['tls', 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'no_common_tls'],
  ['tls', 'ERR_SSL_DH_KEY_TOO_SMALL', 'no_common_tls'],
  ['auth', 'ECONNRESET', 'lost'],
  ['ready', 'EPIPE', 'lost'],
  ['ready', 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', 'lost'],
  ['ready', 'ERR_SSL_WRONG_VERSION_NUMBER', 'lost'],
]

describe('classifyLinkFailure', () => {
  test.each(ROWS)('%s: %s is %s', (stage, errorCode, reason) => {
    expect(classifyLinkFailure(stage, errorCode)).toBe(reason)
  })
})
