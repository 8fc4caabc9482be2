-- Rates live for a minute: counting one is not worth a wait for the disk.
ALTER TABLE "send_rate" SET UNLOGGED;

-- Partial, as those who look for a Message-ID ask: who looks for one submission of an account by its key cannot be given it (docs/adr/0022).
DROP INDEX "submission_account_id_message_id_header_idx";
CREATE INDEX "submission_by_message_id" ON "submission"("account_id", "message_id_header") WHERE NOT "sandbox";

-- The same for copies that are owed: only who asks when they are due goes by it. A copy that is due is owed, by "submission_sent_copy_due".
DROP INDEX "submission_owed_copy";
CREATE INDEX "submission_copy_due" ON "submission"("account_id", "sent_copy_due_at") WHERE "sent_copy_due_at" IS NOT NULL;

-- How fast an account may send (docs/adr/0030).
CREATE TABLE "send_pace" (
    "account_id" UUID NOT NULL,
    "slot_at" TIMESTAMPTZ(3) NOT NULL DEFAULT '-infinity',
    "slot_free_at" TIMESTAMPTZ(3) NOT NULL DEFAULT '-infinity',
    "revision" INTEGER NOT NULL DEFAULT 0,
    "not_before" TIMESTAMPTZ(3) NOT NULL DEFAULT '-infinity',
    "refusals" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "send_pace_pkey" PRIMARY KEY ("account_id"),
    CONSTRAINT "send_pace_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- Accounts that wait are gone through one by one, each with what is due first.
DROP INDEX "submission_waiting";
CREATE INDEX "submission_waiting" ON "submission"("account_id", "next_attempt_at") WHERE "status" IN ('accepted', 'deferred');
