import { describe, expect, it } from 'vitest'
import { errorsOf } from '../../src/rest/route-errors.ts'
import { REST_TABLE } from '../../src/rest/rest-table.ts'

/** The routes as published. A change here is a change of the contract: say so in the changelog. */
const GOLDEN = `
GET    /api/accounts                                  accounts.list           session 200
POST   /api/accounts                                  accounts.connect        session 201
DELETE /api/accounts/{id}                             accounts.disconnect     session 200
GET    /api/accounts/{id}                             accounts.get            session 200
PATCH  /api/accounts/{id}                             accounts.update         session 200
GET    /api/sync                                      sync.overview           session 200
POST   /api/sync                                      sync.run                session 200
POST   /api/campaigns/report                          campaigns.report        service 200
GET    /api/accounts/{account_id}/mailboxes           mailboxes.list          session 200
PATCH  /api/accounts/{account_id}/mailboxes/{id}      mailboxes.update        session 200
GET    /api/accounts/{account_id}/messages            messages.list           session 200
GET    /api/accounts/{account_id}/messages/{id}       messages.get            session 200
GET    /api/session                                   session.current         public  200
POST   /api/session/sign-up                           session.signUp          public  200
POST   /api/session/sign-in                           session.signIn          public  200
POST   /api/session/sign-out                          session.signOut         public  200
POST   /api/session/password                          session.changePassword  session 200
GET    /api/session/list                              session.list            session 200
DELETE /api/session/{id}                              session.revoke          session 200
GET    /api/v1/keys                                   keys.list               session 200
POST   /api/v1/keys                                   keys.create             session 201
DELETE /api/v1/keys                                   keys.revoke             session 200
DELETE /api/v1/keys/{id}                              keys.revoke             session 200
POST   /api/v1/send                                   send.message            key     200
GET    /api/v1/send/{message_id}                      send.get                key     200
DELETE /api/v1/send/{message_id}                      send.cancel             key     200
GET    /api/v1/suppressions                           suppressions.list       session 200
POST   /api/v1/suppressions                           suppressions.add        session 200
DELETE /api/v1/suppressions                           suppressions.remove     session 200
DELETE /api/v1/suppressions/{email}                   suppressions.remove     session 200
`

function errorsAt(method: string, path: string): readonly string[] {
  const route = REST_TABLE.find((row) => row.method === method && row.path === path)
  return route === undefined ? [] : errorsOf(route)
}

describe('the REST table', () => {
  it('is the published one', () => {
    const rows = REST_TABLE.map(
      ({ method, path, procedure, auth, status }) =>
        `${method.padEnd(6)} ${path.padEnd(46)} ${procedure.padEnd(23)} ${auth.padEnd(7)} ${status}`,
    )
    expect(`\n${rows.join('\n')}\n`).toBe(GOLDEN)
  })

  it('names the errors of the original contract', () => {
    expect(errorsAt('POST', '/api/accounts')).toEqual(
      expect.arrayContaining([
        'imap.authentication_failed',
        'smtp.authentication_failed',
        'account.already_connected',
        'account.quota_reached',
      ]),
    )
    expect(errorsAt('POST', '/api/v1/keys')).toEqual(expect.arrayContaining(['key.quota_reached', 'account.not_found']))
    expect(errorsAt('DELETE', '/api/v1/keys')).toEqual(expect.arrayContaining(['key.not_found', 'validation.failed']))
    expect(errorsAt('DELETE', '/api/accounts/{id}')).toEqual(expect.arrayContaining(['account.not_found', 'account.last_default_in_use']))
  })
})
