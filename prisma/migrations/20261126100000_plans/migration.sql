-- Plans that hold for every account, whatever statistics PostgreSQL has (docs/adr/0022).

-- An index for lists alone. PostgreSQL expects hardly a row of one account and one mailbox together: any index that begins with both looked as good to it
-- as the primary key, and a batch went through all of a mailbox to find its own rows. What does not ask for a date cannot use a partial index.
DROP INDEX "placement_account_id_mailbox_id_internal_date_message_id_idx";
CREATE INDEX "placement_by_date" ON "placement" ("account_id", "mailbox_id", "internal_date" DESC, "message_id" DESC)
    WHERE "internal_date" > '-infinity';

-- Which accounts have how many rows is no matter of statistics: of an account that is new they say that it has none, just while it gets all of its mail.
-- Without them PostgreSQL expects a two-hundredth of the table.
ALTER TABLE "message" ALTER COLUMN "account_id" SET STATISTICS 0;
ALTER TABLE "message_body" ALTER COLUMN "account_id" SET STATISTICS 0;
ALTER TABLE "placement" ALTER COLUMN "account_id" SET STATISTICS 0;
ALTER TABLE "attachment" ALTER COLUMN "account_id" SET STATISTICS 0;
ALTER TABLE "thread" ALTER COLUMN "account_id" SET STATISTICS 0;
ALTER TABLE "thread_link" ALTER COLUMN "account_id" SET STATISTICS 0;
ALTER TABLE "withheld" ALTER COLUMN "account_id" SET STATISTICS 0;
