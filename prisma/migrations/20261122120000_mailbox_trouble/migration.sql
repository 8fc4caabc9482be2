-- What a mailbox needs to be tried again by itself, to be parked, and to be compared with the server in full.

-- A mailbox that cannot be read has its own code and backoff; the account goes on without it.
ALTER TABLE "mailbox" ADD COLUMN "error_code" TEXT;
ALTER TABLE "mailbox" ADD COLUMN "failures" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "mailbox" ADD COLUMN "next_attempt_at" TIMESTAMPTZ(3);

-- Changes of UIDVALIDITY since then, counted within a day.
ALTER TABLE "mailbox" ADD COLUMN "epoch_changes" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "mailbox" ADD COLUMN "epoch_changes_since" TIMESTAMPTZ(3);

-- The last comparison of all UIDs with the server's, and how many of them differed. Null: one is due.
ALTER TABLE "mailbox" ADD COLUMN "compared_at" TIMESTAMPTZ(3);
ALTER TABLE "mailbox" ADD COLUMN "drift" INTEGER NOT NULL DEFAULT 0;

-- Messages that are on the server and could not be had, with the count of failures and the time of the next attempt.
CREATE TABLE "withheld" (
  "account_id" UUID NOT NULL,
  "mailbox_id" UUID NOT NULL,
  "uid" BIGINT NOT NULL,
  "reason" TEXT NOT NULL,
  "failures" INTEGER NOT NULL,
  "next_attempt_at" TIMESTAMPTZ(3),
  "first_failed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "withheld_pkey" PRIMARY KEY ("account_id", "mailbox_id", "uid"),
  CONSTRAINT "withheld_account_id_mailbox_id_fkey" FOREIGN KEY ("account_id", "mailbox_id")
    REFERENCES "mailbox"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE
);
