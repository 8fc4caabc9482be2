import { describe, expect, it } from 'vitest'
import { readIdleUser } from './idle-users.ts'

describe('the user of a process that idles', () => {
  it.each([
    ['dovecot/imap [user7@bench.example.com 127.0.0.1 IDLE, TLS]', 'user7@bench.example.com'],
    ['dovecot/imap [user7@bench.example.com 127.0.0.1 IDLE]\0\0', 'user7@bench.example.com'],
    ['dovecot/imap [user7@bench.example.com 127.0.0.1 UID FETCH, TLS]', null],
    ['dovecot/imap [idling]', null],
    ['dovecot/imap-login [1 connections (1 TLS)]', null],
    ['node main.ts work', null],
  ])('"%s": %s', (command, user) => {
    expect(readIdleUser(command)).toBe(user)
  })
})
