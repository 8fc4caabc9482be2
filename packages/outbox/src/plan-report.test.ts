import type { RecipientStatus } from '@maildock/core'
import type { ComplaintReport, ReportedRecipient, StatusReport } from '@maildock/mail'
import { describe, expect, it } from 'vitest'
import { planReport } from './plan-report.ts'

const told = (change: Partial<ReportedRecipient>): ReportedRecipient => ({
  finalRecipient: 'gone@example.org',
  originalRecipient: null,
  action: 'failed',
  status: '5.1.1',
  diagnostic: '550 5.1.1 User unknown',
  remoteMta: null,
  ...change,
})
const dsn = (...recipients: readonly ReportedRecipient[]): StatusReport => ({
  kind: 'dsn',
  recipients,
  envelopeId: null,
  originalMessageIds: [],
})
const complaint = (feedbackType: string, ...originalRecipients: readonly string[]): ComplaintReport => ({
  kind: 'complaint',
  feedbackType,
  originalRecipients,
  originalMessageIds: [],
})
const sentTo = (address: string, status: RecipientStatus = 'accepted') => ({ address, status })

describe('planReport', () => {
  it('suppresses who is gone, in the spelling of the submission', () => {
    expect(planReport(dsn(told({ finalRecipient: 'GONE@Example.org' })), [sentTo('Gone@example.org')])).toEqual([
      {
        address: 'Gone@example.org',
        status: 'bounced',
        suppressAs: 'bounce',
        replyCode: 550,
        enhancedStatus: '5.1.1',
        response: '550 5.1.1 User unknown',
      },
    ])
  })

  it('does not suppress whose mailbox is full', () => {
    expect(planReport(dsn(told({ status: '5.2.2', diagnostic: 'full' })), [sentTo('gone@example.org')])).toMatchObject([
      { status: 'bounced', suppressAs: null },
    ])
  })

  it('believes the name the sender gave before that of a forwarding', () => {
    const forwarded = told({ originalRecipient: 'you@example.org', finalRecipient: 'gone@example.net' })
    expect(planReport(dsn(forwarded), [sentTo('you@example.org')])).toMatchObject([{ address: 'you@example.org' }])
  })

  it('takes a domain in Unicode for its A-labels', () => {
    expect(planReport(dsn(told({ finalRecipient: 'a@bücher.example' })), [sentTo('a@xn--bcher-kva.example')])).toHaveLength(1)
  })

  it.each([
    ['somebody who was not written to', dsn(told({ finalRecipient: 'other@example.org' })), 'accepted'],
    ['a delay', dsn(told({ action: 'delayed' })), 'accepted'],
    ['a delivery', dsn(told({ action: 'delivered' })), 'accepted'],
    ['what is known already', dsn(told({})), 'bounced'],
    ['who was refused', dsn(told({})), 'refused'],
    ['who is still to be tried', dsn(told({})), 'pending'],
    ['a word that it is no spam', complaint('not-spam', 'gone@example.org'), 'accepted'],
  ] as const)('passes by %s', (_name, report, status) => {
    expect(planReport(report, [sentTo('gone@example.org', status)])).toEqual([])
  })

  it('suppresses who complained, and the only recipient where that is hidden', () => {
    const [one, two] = [sentTo('gone@example.org'), sentTo('two@example.org')]
    const changed = { address: 'gone@example.org', status: 'complained', suppressAs: 'complaint' }
    expect(planReport(complaint('abuse', 'gone@example.org'), [one, two])).toMatchObject([changed])
    expect(planReport(complaint('abuse'), [one])).toMatchObject([changed])
    expect(planReport(complaint('abuse', 'redacted@example.org'), [one, two])).toEqual([])
  })
})
