// The real counterparts of the tests: Dovecot, Postfix, Chromium. On Debian they are installed; elsewhere the user is told what to install.
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { step } from './bootstrap.mjs'

const NEEDED = [
  { name: 'Dovecot (IMAP, LMTP)', commands: ['dovecot', 'doveadm'], packages: ['dovecot-imapd', 'dovecot-lmtpd'] },
  { name: 'Postfix', commands: ['postfix', 'postconf'], packages: ['postfix'] },
  {
    name: 'Chromium',
    commands: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    any: true,
    packages: ['chromium'],
  },
  { name: 'OpenSSL', commands: ['openssl'], packages: ['openssl'] },
]

// Servers live in sbin folders that are often not on a user's PATH.
const FOLDERS = [
  ...(process.env.PATH ?? '').split(delimiter),
  '/usr/sbin',
  '/usr/local/sbin',
  '/sbin',
  '/opt/homebrew/bin',
  '/opt/homebrew/sbin',
]

function has(command) {
  return FOLDERS.some((folder) => folder !== '' && existsSync(join(folder, command)))
}

function missing() {
  return NEEDED.filter(({ commands, any }) => (any === true ? !commands.some(has) : !commands.every(has)))
}

function isDebian() {
  if (!existsSync('/etc/os-release')) return false
  return /^ID(?:_LIKE)?=.*\b(?:debian|ubuntu)\b/mu.test(readFileSync('/etc/os-release', 'utf8'))
}

/** @throws Error that names what to install, where it cannot be installed from here. */
export async function ensureTestServers() {
  const wanted = missing()
  if (wanted.length === 0) return
  const names = wanted.map(({ name }) => name).join(', ')
  const packages = wanted.flatMap((need) => need.packages)
  const command = `apt-get install ${packages.join(' ')}`
  if (!isDebian()) throw new Error(`The tests run against real servers. Please install: ${names}.`)
  if (process.getuid?.() !== 0) throw new Error(`The tests run against real servers. Please run: sudo ${command}`)
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  await step('Refreshing package lists', 'apt-get', ['update', '-q'], { env })
  await step(`Installing ${names}`, 'apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], { env })
  const still = missing()
  if (still.length > 0) throw new Error(`Still missing after the installation: ${still.map(({ name }) => name).join(', ')}.`)
}
