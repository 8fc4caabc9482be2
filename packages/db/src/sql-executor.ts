/** What a store needs of a connection. A pg client and a pg pool are one; `prismaExecutor` makes one of a Prisma transaction. */
export interface SqlExecutor {
  query(sql: string, params?: unknown[]): Promise<{ rows: unknown[] }>
}

/** The part of a Prisma client, or of its transaction client, that runs SQL. */
export interface PrismaRawClient {
  $queryRawUnsafe<T>(sql: string, ...params: unknown[]): Promise<T>
}

/** Lets a store run inside a Prisma transaction. `sql` is always a constant of this code base; values travel as parameters. */
export function prismaExecutor(client: PrismaRawClient): SqlExecutor {
  return {
    query: async (sql, params = []) => ({ rows: await client.$queryRawUnsafe<unknown[]>(sql, ...params) }),
  }
}
