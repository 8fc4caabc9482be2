-- Conversations (docs/adr/0017).

-- A thread, or with "merged_into" what is left of one: a pointer to the thread it became part of. Room in each page: each message that joins updates a row, and
-- none of its indexes.
CREATE TABLE "thread" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "subject_hash" UUID,
    "awaits_original" BOOLEAN NOT NULL DEFAULT false,
    "message_count" INTEGER NOT NULL,
    "first_message_at" TIMESTAMPTZ(3) NOT NULL,
    "last_message_at" TIMESTAMPTZ(3) NOT NULL,
    "merged_into" UUID,

    CONSTRAINT "thread_pkey" PRIMARY KEY ("account_id","id")
) WITH (fillfactor = 70);

-- Message identifiers that were ever mentioned, by the first 16 octets of their SHA-256, and the thread each belongs to.
CREATE TABLE "thread_link" (
    "account_id" UUID NOT NULL,
    "identifier" UUID NOT NULL,
    "thread_id" UUID NOT NULL,

    CONSTRAINT "thread_link_pkey" PRIMARY KEY ("account_id","identifier")
);

-- Null: stored before there were threads. The next pass of the account sees to it.
ALTER TABLE "message" ADD COLUMN "thread_id" UUID;

CREATE INDEX "message_account_id_thread_id_internal_date_idx" ON "message"("account_id", "thread_id", "internal_date");

-- What Prisma's schema cannot say.
CREATE INDEX "thread_subject" ON "thread"("account_id", "subject_hash") WHERE "subject_hash" IS NOT NULL;
CREATE INDEX "thread_awaits_original" ON "thread"("account_id", "subject_hash") WHERE "awaits_original";
CREATE INDEX "thread_merged" ON "thread"("account_id", "merged_into") WHERE "merged_into" IS NOT NULL;
CREATE INDEX "message_unthreaded" ON "message"("account_id", "id") WHERE "thread_id" IS NULL;

-- In place of foreign keys, whose checks would cost more than the rows: a mail is a row or two of these.
CREATE FUNCTION "discard_threads"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM "thread_link" USING "discarded" WHERE "thread_link"."account_id" = "discarded"."id";
    DELETE FROM "thread" USING "discarded" WHERE "thread"."account_id" = "discarded"."id";
    RETURN NULL;
END
$$;
CREATE TRIGGER "account_discard_threads" AFTER DELETE ON "account"
    REFERENCING OLD TABLE AS "discarded" FOR EACH STATEMENT EXECUTE FUNCTION "discard_threads"();
