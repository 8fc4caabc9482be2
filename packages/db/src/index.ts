export {
  bigintColumn,
  booleanColumn,
  jsonColumn,
  octetsColumn,
  textArrayColumn,
  textColumn,
  timeColumn,
  uuidColumn,
  type CopyColumn,
} from './copy/copy-column.ts'
export { copyRows, type CopyTarget } from './copy/copy-rows.ts'
export {
  countCredentialsByKey,
  listCredentialsNotSealedWith,
  replaceSealed,
  type CredentialPosition,
  type ListCredentialsOptions,
  type StoredCredential,
} from './credential-store.ts'
export { openDatabase, type Database } from './database.ts'
export { discardEmbeddedPostgres } from './embedded/discard-embedded-postgres.ts'
export { EmbeddedPostgresError } from './embedded/embedded-postgres-error.ts'
export { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded/start-embedded-postgres.ts'
export { Prisma, PrismaClient } from './generated/client.ts'
export { enqueueJob, type EnqueueJobOptions } from './jobs/enqueue-job.ts'
export { ensureKeyCanary, listKeyCanaries, type KeyCanary } from './key-canary-store.ts'
export { LeaseLostError, type Lease } from './leases/lease.ts'
export { acquireLease, assertLease, releaseLease, renewLease, type AcquireLeaseOptions, type LeasedAccount } from './leases/lease-store.ts'
export { type LiveListener, type LiveSignal, type LiveSubscriber } from './live/live-signal.ts'
export { openLiveListener, type LiveListenerOptions } from './live/open-live-listener.ts'
export { publishLiveNotice } from './live/publish-live-notice.ts'
export { lockUser } from './lock-user.ts'
export { diagnoseDatabase, type DatabaseDiagnosis } from './migrations/diagnose-database.ts'
export { migrateDatabase, type MigrateDatabaseResult } from './migrations/migrate-database.ts'
export { MigrationError } from './migrations/migration-error.ts'
export { type MigrationHistory } from './migrations/migration-history.ts'
export { type MigrationOptions } from './migrations/migration-session.ts'
export { newId } from './new-id.ts'
export { openPool, type PoolOptions } from './pool.ts'
export {
  prismaExecutor,
  runPrepared,
  type PreparedQuery,
  type PreparedStatement,
  type PrismaRawClient,
  type SqlExecutor,
} from './sql-executor.ts'
export { inTransaction } from './transaction.ts'
export {
  isTransientDatabaseError,
  isUniqueViolation,
  readDatabaseError,
  translatePrismaError,
  type DatabaseFailure,
  type DatabaseFailureKind,
} from './translate-prisma-error.ts'
export { beatWorker, forgetWorkers, listDeadWorkers } from './worker-store.ts'
