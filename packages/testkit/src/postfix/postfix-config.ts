export interface PostfixConfigInput {
  readonly folder: string
  readonly submissionPort: number
  readonly submissionsPort: number
  /** Dovecot's SASL socket. */
  readonly saslSocket: string
  /** Where accepted mail goes: Dovecot's LMTP socket, or nowhere. */
  readonly lmtpSocket: string | null
  readonly extraConfig: string
}

/** main.cf and master.cf of one private instance: submission with STARTTLS and with implicit TLS, mail from signed-in users only. */
export function renderPostfixConfig(input: PostfixConfigInput): { readonly main: string; readonly master: string } {
  const { folder } = input
  const main = `
compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/data
mail_owner = postfix
setgid_group = postdrop
multi_instance_directories =
maillog_file = ${folder}/postfix.log
maillog_file_prefixes = ${folder}
myhostname = mail.test
mydestination =
local_recipient_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtpd_tls_cert_file = ${folder}/server.crt
smtpd_tls_key_file = ${folder}/server.key
smtpd_tls_security_level = encrypt
smtpd_tls_mandatory_protocols = >=TLSv1.2
smtpd_tls_auth_only = yes
smtpd_tls_loglevel = 0
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = ${input.saslSocket}
smtpd_sasl_security_options = noanonymous
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
smtpd_client_connection_count_limit = 0
smtpd_client_auth_rate_limit = 0
smtpd_error_sleep_time = 0
smtpd_peername_lookup = no
disable_dns_lookups = yes
message_size_limit = 52428800
default_transport = ${input.lmtpSocket === null ? 'discard:' : `lmtp:unix:${input.lmtpSocket}`}
default_process_limit = 200
${input.extraConfig}
`
  const master = `
127.0.0.1:${input.submissionPort} inet n - n - - smtpd
127.0.0.1:${input.submissionsPort} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`
  return { main, master }
}
