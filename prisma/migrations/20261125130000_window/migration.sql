-- Synchronising less than everything (docs/adr/0020).

-- Messages the server received before it are not downloaded. Null: everything.
ALTER TABLE "account" ADD COLUMN "sync_from" TIMESTAMPTZ(3);

-- False: not opened any more; what is stored stays.
ALTER TABLE "mailbox" ADD COLUMN "synced" BOOLEAN NOT NULL DEFAULT true;

-- Messages of this epoch that are known to be older than the window and not stored, and the window they were counted by.
ALTER TABLE "mailbox" ADD COLUMN "messages_outside" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "mailbox" ADD COLUMN "outside_before" TIMESTAMPTZ(3);
ALTER TABLE "mailbox" ADD CONSTRAINT "mailbox_outside" CHECK ("messages_outside" = 0 OR "outside_before" IS NOT NULL);
