-- Metadata first: a message is listed as soon as its header is known; what is read out of its source is written once, when the source is
-- there (docs/adr/0021). So everything that comes with the source moves to message_body.

ALTER TABLE "message_body" ADD COLUMN "raw_sha256" BYTEA;
ALTER TABLE "message_body" ADD COLUMN "body_state" TEXT;
ALTER TABLE "message_body" ADD COLUMN "snippet" TEXT NOT NULL DEFAULT '';
ALTER TABLE "message_body" ADD COLUMN "has_attachments" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "message_body" ADD COLUMN "terms" tsvector;

INSERT INTO "message_body" ("account_id", "message_id")
SELECT "account_id", "id" FROM "message" ON CONFLICT DO NOTHING;

UPDATE "message_body" SET "raw_sha256" = message."raw_sha256", "body_state" = message."body_state", "snippet" = message."snippet",
    "has_attachments" = message."has_attachments",
    "terms" = to_tsvector('simple', message."subject" || ' ' || coalesce(left("message_body"."text", 65536), ''))
FROM "message" WHERE message."account_id" = "message_body"."account_id" AND message."id" = "message_body"."message_id";

ALTER TABLE "message_body" ALTER COLUMN "raw_sha256" SET NOT NULL;
ALTER TABLE "message_body" ALTER COLUMN "body_state" SET NOT NULL;
ALTER TABLE "message" DROP COLUMN "raw_sha256";
ALTER TABLE "message" DROP COLUMN "body_state";
ALTER TABLE "message" DROP COLUMN "snippet";
ALTER TABLE "message" DROP COLUMN "has_attachments";

-- The header block names a message before its source is known. Not unique: senders repeat themselves.
ALTER TABLE "message" ADD COLUMN "header_sha256" BYTEA;

-- The sources of everything from this UID on are stored; null: of nothing yet. And how many listed messages lack theirs.
ALTER TABLE "mailbox" ADD COLUMN "source_low_uid" BIGINT;
ALTER TABLE "mailbox" ADD COLUMN "messages_pending" INTEGER NOT NULL DEFAULT 0;
UPDATE "mailbox" SET "source_low_uid" = 1;

-- CreateIndex
CREATE INDEX "message_account_id_header_sha256_idx" ON "message"("account_id", "header_sha256");

-- CreateIndex
CREATE UNIQUE INDEX "message_body_account_id_raw_sha256_key" ON "message_body"("account_id", "raw_sha256");

-- What follows, Prisma's schema cannot say.

ALTER TABLE "message_body"
    ADD CONSTRAINT "message_body_state_known" CHECK ("body_state" IN ('stored', 'too_large', 'unparsable')),
    ADD CONSTRAINT "message_body_raw_sha256_length" CHECK (octet_length("raw_sha256") = 32);
ALTER TABLE "message" ADD CONSTRAINT "message_header_sha256_length" CHECK (octet_length("header_sha256") = 32);
ALTER TABLE "mailbox" ADD CONSTRAINT "mailbox_pending_not_negative" CHECK ("messages_pending" >= 0);

-- Words of an account's messages: one index serves all accounts, and each is looked up alone.
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE INDEX "message_body_terms" ON "message_body" USING gin ("account_id", "terms");

-- A source is compressed before it comes, or does not gain by it: PostgreSQL need not try again.
ALTER TABLE "message_body" ALTER COLUMN "raw" SET STORAGE EXTERNAL;
-- LZ4 is several times as fast as the default; not every PostgreSQL is built with it.
DO $$
BEGIN
    ALTER TABLE "message_body" ALTER COLUMN "text" SET COMPRESSION lz4;
    ALTER TABLE "message_body" ALTER COLUMN "html" SET COMPRESSION lz4;
    ALTER TABLE "message_body" ALTER COLUMN "terms" SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported OR invalid_parameter_value THEN
    NULL;
END
$$;
