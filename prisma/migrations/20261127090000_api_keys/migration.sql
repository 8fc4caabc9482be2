-- What programs present instead of a session (docs/adr/0023).

CREATE TABLE "api_key" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "key_prefix" TEXT NOT NULL,
    "key_hash" BYTEA NOT NULL,
    "scopes" TEXT[],
    "allowed_account_id" UUID,
    "plan" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "api_key_key_hash_key" ON "api_key"("key_hash");

CREATE INDEX "api_key_user_id_created_at_idx" ON "api_key"("user_id", "created_at");

ALTER TABLE "api_key"
    ADD CONSTRAINT "api_key_name_length" CHECK (char_length("name") BETWEEN 1 AND 80),
    -- Never more of a key than this, whatever goes wrong.
    ADD CONSTRAINT "api_key_prefix_only" CHECK ("key_prefix" ~ '^msk_[0-9a-f]{8}$'),
    ADD CONSTRAINT "api_key_hash_length" CHECK (octet_length("key_hash") = 32),
    ADD CONSTRAINT "api_key_scopes_known"
    CHECK ("scopes" IS NOT NULL AND cardinality("scopes") > 0 AND "scopes" <@ ARRAY['send', 'send:transactional', 'send:marketing']);
