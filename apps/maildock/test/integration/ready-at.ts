import type { RunningCommand } from './product.ts'

/** Waits for the summary of `up` and reads from it what a person would: the address, and what to connect. */
export async function readyAt(product: RunningCommand): Promise<{ baseUrl: string; demo: Record<string, unknown> }> {
  await product.waitFor(/Ctrl-C stops/u)
  const text = product.output()
  const read = (pattern: RegExp): string => pattern.exec(text)?.[1] ?? ''
  return {
    baseUrl: read(/Dashboard\s+(\S+)/u),
    demo: {
      email: read(/E-mail and user name\s+(\S+)/u),
      username: read(/E-mail and user name\s+(\S+)/u),
      password: read(/^\s+Password\s+(\S+)/mu),
      imap_host: 'localhost',
      imap_port: Number(read(/IMAP\s+localhost, port (\d+)/u)),
      smtp_host: 'localhost',
      smtp_port: Number(read(/SMTP\s+localhost, port (\d+)/u)),
      smtp_tls: 'starttls',
    },
  }
}
