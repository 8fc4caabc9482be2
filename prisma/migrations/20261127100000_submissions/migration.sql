-- Sending (docs/adr/0025).

CREATE TABLE "submission" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "api_key_id" UUID,
    "status" TEXT NOT NULL,
    "sandbox" BOOLEAN NOT NULL DEFAULT false,
    "subject" TEXT NOT NULL,
    "message_id_header" TEXT NOT NULL,
    "reverse_path" TEXT NOT NULL,
    "needs_smtputf8" BOOLEAN NOT NULL,
    "needs_8bit" BOOLEAN NOT NULL,
    "source" BYTEA NOT NULL,
    "tags" TEXT[],
    "metadata" JSONB NOT NULL,
    "idempotency_key" TEXT,
    "payload_sha256" BYTEA NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "claim_token" BIGINT NOT NULL DEFAULT 0,
    "claimed_until" TIMESTAMPTZ(3),
    "handover_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "scheduled_at" TIMESTAMPTZ(3),
    "next_attempt_at" TIMESTAMPTZ(3),

    CONSTRAINT "submission_pkey" PRIMARY KEY ("account_id", "id"),
    CONSTRAINT "submission_status" CHECK ("status" IN ('accepted', 'sending', 'deferred', 'sent', 'failed', 'unknown', 'cancelled')),
    -- Somebody is at it, or a time is set, or it is over.
    CONSTRAINT "submission_claimed" CHECK (("claimed_until" IS NOT NULL) = ("status" = 'sending')),
    CONSTRAINT "submission_due" CHECK (("next_attempt_at" IS NOT NULL) = ("status" IN ('accepted', 'deferred'))),
    -- The marker belongs to an attempt: without one, or with its outcome, it is gone, but where it is all that is known.
    CONSTRAINT "submission_handover" CHECK ("handover_at" IS NULL OR "status" IN ('sending', 'unknown'))
);

-- The message was made to be sent, not to be searched: it is not compressed.
ALTER TABLE "submission" ALTER COLUMN "source" SET STORAGE EXTERNAL;

CREATE INDEX "submission_account_id_message_id_header_idx" ON "submission"("account_id", "message_id_header");

-- One submission per key, of whichever account of the user.
CREATE UNIQUE INDEX "submission_idempotency" ON "submission"("user_id", "idempotency_key") WHERE "idempotency_key" IS NOT NULL;

-- Who was at it may be dead: found without a look at all the rest.
CREATE INDEX "submission_claims" ON "submission"("claimed_until") WHERE "status" = 'sending';
CREATE INDEX "submission_waiting" ON "submission"("next_attempt_at") WHERE "status" IN ('accepted', 'deferred');

ALTER TABLE "submission" ADD CONSTRAINT "submission_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "submission_recipient" (
    "account_id" UUID NOT NULL,
    "submission_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "address" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "reply_code" INTEGER,
    "enhanced_status" TEXT,
    "response" TEXT,

    CONSTRAINT "submission_recipient_pkey" PRIMARY KEY ("account_id", "submission_id", "position"),
    CONSTRAINT "submission_recipient_status" CHECK ("status" IN ('pending', 'accepted', 'refused', 'unknown')),
    CONSTRAINT "submission_recipient_kind" CHECK ("kind" IN ('to', 'cc', 'bcc'))
);

ALTER TABLE "submission_recipient" ADD CONSTRAINT "submission_recipient_account_id_submission_id_fkey" FOREIGN KEY ("account_id", "submission_id") REFERENCES "submission"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "submission_step" (
    "account_id" UUID NOT NULL,
    "submission_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "status" TEXT NOT NULL,
    "code" TEXT,
    "response" TEXT,

    CONSTRAINT "submission_step_pkey" PRIMARY KEY ("account_id", "submission_id", "position")
);

ALTER TABLE "submission_step" ADD CONSTRAINT "submission_step_account_id_submission_id_fkey" FOREIGN KEY ("account_id", "submission_id") REFERENCES "submission"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A submission server that refused the login of an account.
CREATE TABLE "send_gate" (
    "account_id" UUID NOT NULL,
    "revision" INTEGER NOT NULL,
    "refusals" INTEGER NOT NULL,
    "code" TEXT NOT NULL,
    "response" TEXT,
    "not_before" TIMESTAMPTZ(3) NOT NULL,
    "trying" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "send_gate_pkey" PRIMARY KEY ("account_id")
);

ALTER TABLE "send_gate" ADD CONSTRAINT "send_gate_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What quotas are counted by.
CREATE TABLE "send_usage" (
    "user_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "send_usage_pkey" PRIMARY KEY ("user_id", "day")
);

-- Requests of an API key in its present minute. What a crash takes of it is forgiven.
CREATE UNLOGGED TABLE "send_rate" (
    "api_key_id" UUID NOT NULL,
    "minute" TIMESTAMPTZ(3) NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "send_rate_pkey" PRIMARY KEY ("api_key_id")
);
