export { migrateJobs, type MigrateJobsOptions } from './migrate-jobs.ts'
