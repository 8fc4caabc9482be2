import { DemoSettings, type DemoReady } from '../demo/demo-process.ts'
import { type DemoMailServer, startDemoMailServer } from '../demo/demo-mail-server.ts'
import { shutdownRequested } from '../shutdown.ts'

/** Runs the demo mail server until it is told to stop, or its parent is gone. A port that is taken gives way to a free one. */
export async function demoMail(): Promise<void> {
  const { requested } = shutdownRequested()
  const settings = DemoSettings.parse(process.env)
  const start = (imapPort: number, smtpPort: number): Promise<DemoMailServer> =>
    startDemoMailServer({
      dir: settings.MAILDOCK_DEMO_DIR,
      certificate: { key: settings.MAILDOCK_DEMO_KEY, cert: settings.MAILDOCK_DEMO_CERT },
      imapPort,
      smtpPort,
    })
  await using server = await start(settings.MAILDOCK_DEMO_IMAP_PORT, settings.MAILDOCK_DEMO_SMTP_PORT).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return start(0, 0)
    throw error
  })
  const ready: DemoReady = { kind: 'demo-ready', imapPort: server.imapPort, smtpPort: server.smtpPort, messages: server.messages }
  process.send?.(ready)
  await requested
}
