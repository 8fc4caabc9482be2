import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { Pool } from 'pg'

/** A bare Express route over pg: one indexed, prepared query, its rows as JSON. What the product's list is measured against. */
const LIST = {
  name: 'list-accounts',
  text: `select id, email, name, imap_host, imap_port, smtp_host, smtp_port, sync_status, is_default, created_at
         from account where user_id = $1 and disconnected_at is null order by created_at, id`,
}
const CONNECTIONS = 20

const { DATABASE_URL, BENCH_USER } = process.env
const pool = new Pool({ connectionString: DATABASE_URL, max: CONNECTIONS, application_name: 'bench-express-pg' })
const app = express()
app.get('/api/accounts', async (_request, response) => {
  const { rows } = await pool.query({ ...LIST, values: [BENCH_USER] })
  response.json({ success: true, accounts: rows })
})
const server = app.listen(0, '127.0.0.1')
await once(server, 'listening')
console.log(`listening on ${(server.address() as AddressInfo).port}`)
