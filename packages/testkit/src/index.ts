export { useTestDatabase, type TestDatabase, type TestDatabaseOptions } from './postgres/use-test-database.ts'
export {
  createTestAuthority,
  issueSelfSigned,
  type IssueOptions,
  type ServerCertificate,
  type TestAuthority,
} from './certificates/test-certificates.ts'
export { listCorpusMessages, type CorpusFile } from './corpora/list-corpus-messages.ts'
export { startDovecot, type Dovecot, type StartDovecotOptions } from './dovecot/start-dovecot.ts'
export { startPostfix, type Postfix, type StartPostfixOptions } from './postfix/start-postfix.ts'
export { findFreePorts } from './process/free-ports.ts'
export { startScriptedServer, type ScriptedServer, type ScriptedServerOptions } from './scripted/scripted-server.ts'
export {
  drip,
  expectCommand,
  expectLine,
  expectMessage,
  expectOctets,
  flood,
  goDeaf,
  hangUp,
  reset,
  send,
  startTls,
  type Step,
} from './scripted/transcript.ts'
export { findSecretsInDatabase, type FoundSecret } from './secrets/find-secrets-in-database.ts'
export { listSecretForms, rememberSecret } from './secrets/remembered-secrets.ts'
export { startChaosProxy, type ChaosProxy, type Mischief } from './proxy/start-chaos-proxy.ts'
