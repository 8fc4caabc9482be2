-- The mail tables as the synchronisation engine needs them.

-- One message per source and account: a move, a copy and a second look at the same octets find the row they belong to.
DROP INDEX "message_account_id_raw_sha256_idx";
CREATE UNIQUE INDEX "message_account_id_raw_sha256_key" ON "message"("account_id", "raw_sha256");

-- Identifiers of the server (OBJECTID, Gmail): a known one saves the download.
CREATE INDEX "message_account_id_email_id_idx" ON "message"("account_id", "email_id");

-- Set while a message is in no mailbox: it may reappear in another one, with its id. Purged some days later.
ALTER TABLE "message" ADD COLUMN "orphaned_at" TIMESTAMPTZ(3);

-- Below zero: a placement of an ended UIDVALIDITY epoch, kept until the message is found again under its new UID.
ALTER TABLE "placement" DROP CONSTRAINT "placement_uid_positive";
ALTER TABLE "placement" ADD CONSTRAINT "placement_uid_not_zero" CHECK ("uid" <> 0);

-- What Prisma's schema cannot say.
CREATE INDEX "message_orphaned" ON "message"("orphaned_at") WHERE "orphaned_at" IS NOT NULL;
