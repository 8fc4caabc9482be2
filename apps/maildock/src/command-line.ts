import { Command, Option } from 'commander'

/**
 * The `maildock` command line. Each command is loaded when it is called: `--help` costs nothing.
 * Settings come from the environment (see `.env.example`), not from flags: flags are visible to every user of a machine.
 */
export function createCommandLine(): Command {
  const program = new Command('maildock').description(
    'Connect any IMAP/SMTP mailbox, keep it synced in your own PostgreSQL, send through it.',
  )

  program
    .command('up')
    .description('run everything: embedded PostgreSQL unless DATABASE_URL is set, migrations, HTTP, workers')
    .option('--demo', 'also run a demo mail server with a filled mailbox', false)
    .addOption(new Option('--log <where>', 'where log lines go').choices(['file', 'stdout']).default('file'))
    .action(async (options: { demo: boolean; log: 'file' | 'stdout' }) => (await import('./commands/up.ts')).up(options))

  program
    .command('serve')
    .description('serve the API and the dashboard; any number of these share one DATABASE_URL')
    .action(async () => (await import('./commands/serve.ts')).serve())

  program
    .command('work')
    .description('synchronise mailboxes; any number of these share one DATABASE_URL')
    .action(async () => (await import('./commands/work.ts')).work())

  program
    .command('migrate')
    .description('bring the database schema up to date, then end')
    .action(async () => (await import('./commands/migrate.ts')).migrate())

  program
    .command('rotate-keys')
    .description('seal every credential with the first of CREDENTIAL_KEYS; may be stopped and repeated at any time')
    .action(async () => (await import('./commands/rotate-keys.ts')).rotateKeys())

  program
    .command('doctor')
    .description('check configuration, database, keys and workers, and say what to mend')
    .action(async () => (await import('./commands/doctor.ts')).doctor())

  program
    .command('demo-mail', { hidden: true })
    .description('the demo mail server as a process of its own; `up --demo` starts it')
    .action(async () => (await import('./commands/demo-mail.ts')).demoMail())

  return program.showHelpAfterError()
}
