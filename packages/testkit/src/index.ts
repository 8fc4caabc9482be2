export { useTestDatabase, type TestDatabase, type TestDatabaseOptions } from './postgres/use-test-database.ts'
