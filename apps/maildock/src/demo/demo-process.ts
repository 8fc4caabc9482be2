import { z } from 'zod'

/** What `up` tells its demo mail process, through the environment. */
export const DemoSettings = z.object({
  MAILDOCK_DEMO_DIR: z.string(),
  MAILDOCK_DEMO_KEY: z.string(),
  MAILDOCK_DEMO_CERT: z.string(),
  MAILDOCK_DEMO_IMAP_PORT: z.coerce.number(),
  MAILDOCK_DEMO_SMTP_PORT: z.coerce.number(),
})

/** What the demo mail process tells `up` when it listens. */
export const DemoReady = z.object({ kind: z.literal('demo-ready'), imapPort: z.int(), smtpPort: z.int(), messages: z.int() })
export type DemoReady = z.infer<typeof DemoReady>
