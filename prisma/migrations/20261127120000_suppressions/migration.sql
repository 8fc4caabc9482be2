-- Mail that came back, and whom not to write to again (docs/adr/0027).

ALTER TABLE "submission_recipient" DROP CONSTRAINT "submission_recipient_status";
ALTER TABLE "submission_recipient" ADD CONSTRAINT "submission_recipient_status"
    CHECK ("status" IN ('pending', 'accepted', 'refused', 'unknown', 'bounced', 'complained'));

CREATE TABLE "suppression" (
    "user_id" UUID NOT NULL,
    "address_key" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "address" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "submission_id" UUID,
    "detail" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "suppression_pkey" PRIMARY KEY ("user_id", "address_key"),
    CONSTRAINT "suppression_reason" CHECK ("reason" IN ('bounce', 'complaint', 'manual'))
);

-- Lists are newest first: ids rise with time.
CREATE INDEX "suppression_user_id_id_idx" ON "suppression"("user_id", "id");

-- Messages that look like reports. Few, and not for long: a row whose message is gone is dropped like one that was read.
CREATE TABLE "unread_report" (
    "account_id" UUID NOT NULL,
    "message_id" UUID NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "attempts" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "unread_report_pkey" PRIMARY KEY ("account_id", "message_id")
);

CREATE INDEX "unread_report_due_at_idx" ON "unread_report"("due_at");
