export interface DovecotConfigInput {
  readonly folder: string
  readonly imapPort: number
  readonly imapsPort: number
  readonly password: string
  /** Owner of the mail. Not root: Dovecot refuses it. */
  readonly uid: number
  readonly gid: number
  readonly capabilities: string | undefined
  readonly extraConfig: string
}

/** Configuration of Dovecot 2.3 for one private instance: any user name, one password, Maildir, nothing synced to disk. */
export function renderDovecotConfig(input: DovecotConfigInput): string {
  const { folder, uid, gid } = input
  return `
base_dir = ${folder}/run
state_dir = ${folder}/run
log_path = ${folder}/dovecot.log
listen = 127.0.0.1
protocols = imap lmtp
ssl = required
ssl_cert = <${folder}/server.crt
ssl_key = <${folder}/server.key
ssl_min_protocol = TLSv1.2
disable_plaintext_auth = yes
auth_mechanisms = plain login
auth_failure_delay = 0
auth_username_chars =
auth_username_format = %Lu
first_valid_uid = ${uid}
first_valid_gid = ${gid}
mail_home = ${folder}/home/%Mu
mail_location = maildir:~/Maildir
mail_fsync = never
mail_max_userip_connections = 0
mailbox_list_index = yes
protocol lmtp {
  postmaster_address = postmaster@localhost
}
${input.capabilities === undefined ? '' : `imap_capability = ${input.capabilities}`}
passdb {
  driver = static
  args = password={PLAIN.b64}${Buffer.from(input.password).toString('base64')}
}
userdb {
  driver = static
  args = uid=${uid} gid=${gid} allow_all_users=yes
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Drafts {
    auto = create
    special_use = \\Drafts
  }
  mailbox Sent {
    auto = create
    special_use = \\Sent
  }
  mailbox Trash {
    auto = create
    special_use = \\Trash
  }
  mailbox Junk {
    auto = create
    special_use = \\Junk
  }
}
service imap-login {
  chroot =
  service_count = 0
  process_min_avail = 1
  client_limit = 10000
  inet_listener imap {
    port = ${input.imapPort}
  }
  inet_listener imaps {
    port = ${input.imapsPort}
    ssl = yes
  }
}
service imap {
  process_limit = 4096
  # Never renewed: one that ends after its hundredth client drops the next one now and then.
  service_count = 0
}
service anvil {
  chroot =
  # no penalty after failed logins: each test comes from the same address
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service auth {
  client_limit = 20000
  unix_listener sasl {
    mode = 0666
  }
}
service lmtp {
  unix_listener lmtp {
    mode = 0666
  }
}
service stats {
  chroot =
}
default_client_limit = 10000
default_vsz_limit = 1G
${input.extraConfig}
`
}
