import { CampaignReport, SyncOverview, SyncRun, VERIFICATION_CODES } from '@maildock/core'
import { z } from 'zod'
import { RunSyncInput } from '../../sync/sync-router.ts'
import { restRoute, type RestRoute } from '../rest-route.ts'

const ACCOUNT_ID = '550e8400-e29b-41d4-a716-446655440000'
const REPORT_EXAMPLE = {
  campaign_id: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  user_id: '0f8fad5b-d9cb-469f-a165-70867728950e',
  account_id: ACCOUNT_ID,
  status: 'scheduled',
}

/** Manual sync, which keeps the camelCase of its older contract, and what internal services report. */
export const SYNC_ROUTES: readonly RestRoute[] = [
  restRoute({
    method: 'GET',
    path: '/api/sync',
    procedure: 'sync.overview',
    type: 'query',
    summary: 'Read how the sync of each account stands',
    tag: 'Sync',
    auth: 'session',
    spelling: 'camelCase',
    response: z.object({ accounts: z.array(SyncOverview) }),
    toBody: (accounts) => ({ accounts }),
    examples: {
      response: {
        accounts: [
          { id: ACCOUNT_ID, email: 'hello@yourdomain.com', lastSyncAt: '2026-01-15T10:00:00Z', syncStatus: 'idle', newMessageCount: 3 },
        ],
      },
    },
  }),
  restRoute({
    method: 'POST',
    path: '/api/sync',
    procedure: 'sync.run',
    type: 'mutation',
    summary: 'Bring an account up to date now',
    description:
      'Without an account: the default one. One run per account per 30 seconds: inside that window, or while a run is under way, the answer is the previous result with `queued`.',
    tag: 'Sync',
    auth: 'session',
    spelling: 'camelCase',
    body: RunSyncInput,
    bodyOptional: true,
    response: SyncRun,
    toBody: (run) => run,
    errors: [
      'account.not_found',
      'sync.server_error',
      'sync.permission_denied',
      'sync.uidvalidity_unstable',
      'credentials.unreadable',
      ...VERIFICATION_CODES,
    ],
    examples: {
      request: { account_id: ACCOUNT_ID },
      response: { accountId: ACCOUNT_ID, status: 'synced', newMessages: 3, syncedAt: '2026-01-15T10:00:00Z' },
    },
  }),
  restRoute({
    method: 'POST',
    path: '/api/campaigns/report',
    procedure: 'campaigns.report',
    type: 'mutation',
    summary: 'Report the state of a campaign',
    description: 'For internal services. An active campaign (scheduled, sending, paused) holds the last account of its user.',
    tag: 'Internal',
    auth: 'service',
    body: CampaignReport,
    response: z.object({ campaign: CampaignReport }),
    toBody: (campaign) => ({ campaign }),
    errors: ['campaign.account_mismatch'],
    examples: { request: REPORT_EXAMPLE, response: { campaign: REPORT_EXAMPLE } },
  }),
]
