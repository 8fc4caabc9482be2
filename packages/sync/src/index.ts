export { migrateJobs, type MigrateJobsOptions } from './migrate-jobs.ts'
export { startWorker, type Worker, type WorkerOptions } from './start-worker.ts'
export { syncAccount, syncOverSession, type SyncDependencies, type SyncOutcome } from './sync-account.ts'
export { type Pass } from './pass.ts'
