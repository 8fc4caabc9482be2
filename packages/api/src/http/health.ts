import type { RequestHandler } from 'express'
import type { ApiRuntime } from '../api-runtime.ts'
import { sendJson } from '../rest/send-rest.ts'

/** The process runs. Says nothing about anything else. */
export const healthz: RequestHandler = (_request, response) => sendJson(response, 200, { status: 'ok' })

/** Every migration that was begun is finished, and there are some. Without the table of migrations it fails, which says the same. */
const MIGRATED = `select count(*) > 0 and bool_and(finished_at is not null or rolled_back_at is not null) as migrated from _prisma_migrations`

/** The database answers in time and has its schema: this process can serve. 503 otherwise, with no reason to outsiders. */
export function createReadyz({ database, logger }: ApiRuntime): RequestHandler {
  return async (_request, response) => {
    try {
      const { rows } = await database.pool.query<{ migrated: boolean }>(MIGRATED)
      const migrated = rows[0]?.migrated === true
      sendJson(response, migrated ? 200 : 503, { status: migrated ? 'ready' : 'migrations_missing' })
    } catch (error) {
      logger.warn({ err: error instanceof Error ? error.message : 'unknown' }, 'Not ready: the database does not answer.')
      sendJson(response, 503, { status: 'database_unreachable' })
    }
  }
}
