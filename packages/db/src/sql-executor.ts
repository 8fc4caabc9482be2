/** A statement with a name: PostgreSQL parses it once for each connection, and keeps its plan. For what finds its rows by a whole key (docs/adr/0022). */
export interface PreparedStatement {
  /** Unlike any other in the process. */
  readonly name: string
  readonly text: string
}

/** A prepared statement and its values. */
export interface PreparedQuery extends PreparedStatement {
  readonly values: unknown[]
}

/** What a store needs of a connection. A pg client and a pg pool are one; `prismaExecutor` makes one of a Prisma transaction. */
export interface SqlExecutor {
  query(sql: string | PreparedQuery, params?: unknown[]): Promise<{ rows: unknown[] }>
}

/** Runs a prepared statement. The statement itself stays as it is: values it would keep may be a whole message. */
export async function runPrepared(executor: SqlExecutor, statement: PreparedStatement, values: unknown[]): Promise<{ rows: unknown[] }> {
  return executor.query({ ...statement, values })
}

/** The part of a Prisma client, or of its transaction client, that runs SQL. */
export interface PrismaRawClient {
  $queryRawUnsafe<T>(sql: string, ...params: unknown[]): Promise<T>
}

/** Lets a store run inside a Prisma transaction. `sql` is always a constant of this code base; values travel as parameters. */
export function prismaExecutor(client: PrismaRawClient): SqlExecutor {
  return {
    query: async (sql, params = []) => {
      const [text, values] = typeof sql === 'string' ? [sql, params] : [sql.text, sql.values]
      return { rows: await client.$queryRawUnsafe<unknown[]>(text, ...values) }
    },
  }
}
