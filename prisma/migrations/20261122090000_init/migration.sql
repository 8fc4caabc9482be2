-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "account" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "email_key" TEXT NOT NULL,
    "name" TEXT,
    "imap_host" TEXT NOT NULL,
    "imap_port" INTEGER NOT NULL,
    "imap_tls" TEXT NOT NULL,
    "imap_username" TEXT NOT NULL,
    "smtp_host" TEXT NOT NULL,
    "smtp_port" INTEGER NOT NULL,
    "smtp_tls" TEXT NOT NULL,
    "smtp_username" TEXT NOT NULL,
    "is_default" BOOLEAN NOT NULL DEFAULT false,
    "sync_status" TEXT NOT NULL DEFAULT 'pending',
    "sync_error_code" TEXT,
    "sync_error_message" TEXT,
    "sync_error_since" TIMESTAMPTZ(3),
    "sync_failures" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3),
    "last_sync_started_at" TIMESTAMPTZ(3),
    "last_synced_at" TIMESTAMPTZ(3),
    "last_new_messages" INTEGER NOT NULL DEFAULT 0,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "disconnected_at" TIMESTAMPTZ(3),

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "credential" (
    "account_id" UUID NOT NULL,
    "field" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "sealed" BYTEA NOT NULL,

    CONSTRAINT "credential_pkey" PRIMARY KEY ("account_id","field")
);

-- CreateTable
CREATE TABLE "key_canary" (
    "key_id" TEXT NOT NULL,
    "sealed" BYTEA NOT NULL,

    CONSTRAINT "key_canary_pkey" PRIMARY KEY ("key_id")
);

-- CreateTable
CREATE TABLE "mailbox" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "path" TEXT NOT NULL,
    "delimiter" TEXT,
    "special_use" TEXT,
    "selectable" BOOLEAN NOT NULL DEFAULT true,
    "uid_validity" BIGINT,
    "uid_next" BIGINT,
    "highest_modseq" BIGINT,
    "cursor_low_uid" BIGINT,
    "cursor_high_uid" BIGINT,
    "messages_expected" INTEGER NOT NULL DEFAULT 0,
    "messages_done" INTEGER NOT NULL DEFAULT 0,
    "sync_order" INTEGER NOT NULL DEFAULT 0,
    "last_synced_at" TIMESTAMPTZ(3),
    "gone_at" TIMESTAMPTZ(3),

    CONSTRAINT "mailbox_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "message" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "raw_sha256" BYTEA NOT NULL,
    "email_id" TEXT,
    "message_id_header" TEXT,
    "in_reply_to" TEXT,
    "references" TEXT[],
    "subject" TEXT NOT NULL,
    "from" JSONB NOT NULL,
    "to" JSONB NOT NULL,
    "cc" JSONB NOT NULL,
    "bcc" JSONB NOT NULL,
    "reply_to" JSONB NOT NULL,
    "sent_at" TIMESTAMPTZ(3),
    "internal_date" TIMESTAMPTZ(3) NOT NULL,
    "size_octets" BIGINT NOT NULL,
    "snippet" TEXT NOT NULL,
    "has_attachments" BOOLEAN NOT NULL DEFAULT false,
    "body_state" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "message_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "placement" (
    "account_id" UUID NOT NULL,
    "mailbox_id" UUID NOT NULL,
    "uid" BIGINT NOT NULL,
    "message_id" UUID NOT NULL,
    "internal_date" TIMESTAMPTZ(3) NOT NULL,
    "modseq" BIGINT,
    "flags" TEXT[],
    "keywords" TEXT[],

    CONSTRAINT "placement_pkey" PRIMARY KEY ("account_id","mailbox_id","uid")
);

-- CreateTable
CREATE TABLE "message_body" (
    "account_id" UUID NOT NULL,
    "message_id" UUID NOT NULL,
    "text" TEXT,
    "html" TEXT,
    "raw" BYTEA,
    "raw_encoding" TEXT NOT NULL DEFAULT 'identity',

    CONSTRAINT "message_body_pkey" PRIMARY KEY ("account_id","message_id")
);

-- CreateTable
CREATE TABLE "attachment" (
    "account_id" UUID NOT NULL,
    "message_id" UUID NOT NULL,
    "part" TEXT NOT NULL,
    "filename" TEXT,
    "content_type" TEXT NOT NULL,
    "content_id" TEXT,
    "inline" BOOLEAN NOT NULL DEFAULT false,
    "size_octets" BIGINT NOT NULL,

    CONSTRAINT "attachment_pkey" PRIMARY KEY ("account_id","message_id","part")
);

-- CreateTable
CREATE TABLE "campaign" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "status" TEXT NOT NULL,
    "reported_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "campaign_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sync_lease" (
    "account_id" UUID NOT NULL,
    "holder" TEXT NOT NULL,
    "token" BIGINT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sync_lease_pkey" PRIMARY KEY ("account_id")
);

-- CreateTable
CREATE TABLE "worker" (
    "id" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "heartbeat_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "worker_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "account_user_id_created_at_idx" ON "account"("user_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "account_user_email_key" ON "account"("user_id", "email_key");

-- CreateIndex
CREATE INDEX "credential_key_id_idx" ON "credential"("key_id");

-- CreateIndex
CREATE UNIQUE INDEX "mailbox_account_id_path_key" ON "mailbox"("account_id", "path");

-- CreateIndex
CREATE INDEX "message_account_id_raw_sha256_idx" ON "message"("account_id", "raw_sha256");

-- CreateIndex
CREATE INDEX "message_account_id_internal_date_id_idx" ON "message"("account_id", "internal_date" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "placement_account_id_message_id_idx" ON "placement"("account_id", "message_id");

-- CreateIndex
CREATE INDEX "placement_account_id_mailbox_id_internal_date_message_id_idx" ON "placement"("account_id", "mailbox_id", "internal_date" DESC, "message_id" DESC);

-- CreateIndex
CREATE INDEX "campaign_user_id_status_idx" ON "campaign"("user_id", "status");

-- AddForeignKey
ALTER TABLE "credential" ADD CONSTRAINT "credential_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mailbox" ADD CONSTRAINT "mailbox_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "message" ADD CONSTRAINT "message_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "placement" ADD CONSTRAINT "placement_account_id_mailbox_id_fkey" FOREIGN KEY ("account_id", "mailbox_id") REFERENCES "mailbox"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "placement" ADD CONSTRAINT "placement_account_id_message_id_fkey" FOREIGN KEY ("account_id", "message_id") REFERENCES "message"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "message_body" ADD CONSTRAINT "message_body_account_id_message_id_fkey" FOREIGN KEY ("account_id", "message_id") REFERENCES "message"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "attachment" ADD CONSTRAINT "attachment_account_id_message_id_fkey" FOREIGN KEY ("account_id", "message_id") REFERENCES "message"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sync_lease" ADD CONSTRAINT "sync_lease_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;
-- What follows, Prisma's schema cannot say.

-- One default account per user; a disconnected one is none.
CREATE UNIQUE INDEX "account_one_default_per_user" ON "account" ("user_id") WHERE "is_default" AND "disconnected_at" IS NULL;

ALTER TABLE "account"
    ADD CONSTRAINT "account_default_is_connected" CHECK (NOT "is_default" OR "disconnected_at" IS NULL),
    ADD CONSTRAINT "account_imap_port_range" CHECK ("imap_port" BETWEEN 1 AND 65535),
    ADD CONSTRAINT "account_smtp_port_range" CHECK ("smtp_port" BETWEEN 1 AND 65535),
    ADD CONSTRAINT "account_imap_tls_known" CHECK ("imap_tls" IN ('implicit', 'starttls')),
    ADD CONSTRAINT "account_smtp_tls_known" CHECK ("smtp_tls" IN ('implicit', 'starttls')),
    ADD CONSTRAINT "account_sync_status_known" CHECK ("sync_status" IN ('pending', 'syncing', 'synced', 'error')),
    ADD CONSTRAINT "account_email_not_empty" CHECK ("email" <> '' AND "email_key" <> ''),
    ADD CONSTRAINT "account_counts_not_negative" CHECK ("sync_failures" >= 0 AND "last_new_messages" >= 0 AND "revision" >= 1);

ALTER TABLE "credential"
    ADD CONSTRAINT "credential_field_known" CHECK ("field" IN ('imap_password', 'smtp_password')),
    ADD CONSTRAINT "credential_sealed_not_empty" CHECK (octet_length("sealed") > 0);

ALTER TABLE "mailbox"
    ADD CONSTRAINT "mailbox_counts_not_negative" CHECK ("messages_expected" >= 0 AND "messages_done" >= 0);

ALTER TABLE "message"
    ADD CONSTRAINT "message_body_state_known" CHECK ("body_state" IN ('stored', 'too_large', 'unparsable')),
    ADD CONSTRAINT "message_raw_sha256_length" CHECK (octet_length("raw_sha256") = 32),
    ADD CONSTRAINT "message_size_not_negative" CHECK ("size_octets" >= 0);

ALTER TABLE "placement" ADD CONSTRAINT "placement_uid_positive" CHECK ("uid" > 0);

ALTER TABLE "message_body" ADD CONSTRAINT "message_body_raw_encoding_known" CHECK ("raw_encoding" IN ('identity', 'zstd'));

ALTER TABLE "attachment" ADD CONSTRAINT "attachment_size_not_negative" CHECK ("size_octets" >= 0);

ALTER TABLE "campaign"
    ADD CONSTRAINT "campaign_status_known"
    CHECK ("status" IN ('draft', 'scheduled', 'sending', 'paused', 'sent', 'cancelled', 'failed'));

ALTER TABLE "sync_lease" ADD CONSTRAINT "sync_lease_token_positive" CHECK ("token" > 0);
