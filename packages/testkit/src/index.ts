export { useTestDatabase, type TestDatabase } from './postgres/use-test-database.ts'
