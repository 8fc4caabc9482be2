-- Users and sessions of the embedded sign-in (docs/adr/0011). The tables of better-auth's core, in a schema of their own: its
-- "account" is a way to sign in, ours is a mailbox. They are no Prisma models; nothing in `public` refers to them, because with an
-- external issuer they stay empty.

CREATE SCHEMA IF NOT EXISTS "auth";

CREATE TABLE "auth"."user" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    -- Lower case: the name to sign in with.
    "email" TEXT NOT NULL,
    "email_verified" BOOLEAN NOT NULL DEFAULT false,
    "image" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "user_email_key" UNIQUE ("email"),
    CONSTRAINT "user_email_lower_case" CHECK ("email" = lower("email") AND "email" <> '')
);

-- A token is good while its session's row is here and not expired: every request asks.
CREATE TABLE "auth"."session" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    -- better-auth's own handle. It never leaves the server.
    "token" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    -- When the session was last seen, to within five minutes.
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ip_address" TEXT,
    "user_agent" TEXT,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "session_token_key" UNIQUE ("token"),
    CONSTRAINT "session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "auth"."user" ("id") ON DELETE CASCADE
);

CREATE INDEX "session_user_id_idx" ON "auth"."session" ("user_id");
CREATE INDEX "session_expires_at_idx" ON "auth"."session" ("expires_at");

-- A way to sign in. `provider_id` is always 'credential' here, and `password` an Argon2id hash.
CREATE TABLE "auth"."account" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "account_id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "access_token" TEXT,
    "refresh_token" TEXT,
    "id_token" TEXT,
    "access_token_expires_at" TIMESTAMPTZ(3),
    "refresh_token_expires_at" TIMESTAMPTZ(3),
    "scope" TEXT,
    "password" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "account_provider_key" UNIQUE ("provider_id", "account_id"),
    CONSTRAINT "account_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "auth"."user" ("id") ON DELETE CASCADE,
    CONSTRAINT "account_password_hashed" CHECK ("password" IS NULL OR "password" LIKE '$argon2id$%')
);

CREATE INDEX "account_user_id_idx" ON "auth"."account" ("user_id");

-- Demanded by better-auth; nothing is written to it while there is no mail to prove an address with.
CREATE TABLE "auth"."verification" (
    "id" UUID NOT NULL,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "verification_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "verification_identifier_idx" ON "auth"."verification" ("identifier");

-- Counted attempts to sign in, sign up or change a password, shared by all processes. Keys are hashes; the columns and their order
-- are those of rate-limiter-flexible. `expire` is in milliseconds since 1970.
CREATE TABLE "auth"."attempt" (
    "key" VARCHAR(255) NOT NULL,
    "points" INTEGER NOT NULL DEFAULT 0,
    "expire" BIGINT,

    CONSTRAINT "attempt_pkey" PRIMARY KEY ("key")
);

CREATE INDEX "attempt_expire_idx" ON "auth"."attempt" ("expire");
