-- What was learned about mail servers that fail or refuse, for all processes together (docs/adr/0019). A server that is well has no row.
CREATE TABLE "mail_host" (
    "host" TEXT NOT NULL,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "failure_code" TEXT,
    "not_before" TIMESTAMPTZ(3),
    "probing_until" TIMESTAMPTZ(3),
    "connection_limit" INTEGER,
    "limited_at" TIMESTAMPTZ(3),
    "suspect_account_id" UUID,
    "suspected_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "mail_host_pkey" PRIMARY KEY ("host")
);

-- How many connections at once the server of an account was seen to bear. Null: no refusal is known.
ALTER TABLE "watch" ADD COLUMN "connection_cap" INTEGER;
ALTER TABLE "watch" ADD COLUMN "capped_at" TIMESTAMPTZ(3);
