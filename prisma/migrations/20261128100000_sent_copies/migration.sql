-- The copy of a message that was sent, in its account's Sent mailbox (docs/adr/0026). Messages that were sent before have none.

ALTER TABLE "submission"
    ADD COLUMN "sent_copy" TEXT NOT NULL DEFAULT 'none',
    ADD COLUMN "sent_copy_due_at" TIMESTAMPTZ(3),
    ADD COLUMN "sent_copy_attempts" INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN "sent_copy_begun_at" TIMESTAMPTZ(3),
    ADD COLUMN "sent_copy_code" TEXT,
    ADD COLUMN "sent_copy_response" TEXT,
    ADD COLUMN "sent_message_id" UUID,
    ADD CONSTRAINT "submission_sent_copy" CHECK ("sent_copy" IN ('none', 'owed', 'filed', 'found', 'provider', 'failed')),
    ADD CONSTRAINT "submission_sent_copy_due" CHECK (("sent_copy" = 'owed') = ("sent_copy_due_at" IS NOT NULL));

-- Accounts that are owed copies: few, and not for long.
CREATE INDEX "submission_owed_copy" ON "submission"("account_id", "sent_copy_due_at") WHERE "sent_copy" = 'owed';
