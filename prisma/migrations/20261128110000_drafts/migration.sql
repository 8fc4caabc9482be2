-- Messages that are still being written (docs/adr/0029).

CREATE TABLE "draft" (
    "user_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "revision" INTEGER NOT NULL,
    "files_revision" INTEGER NOT NULL DEFAULT 0,
    "content" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "submission_id" UUID,

    CONSTRAINT "draft_pkey" PRIMARY KEY ("user_id", "id")
);

-- Drafts that were sent: few, and not for long.
CREATE INDEX "draft_sent" ON "draft"("user_id") WHERE "submission_id" IS NOT NULL;

CREATE TABLE "draft_attachment" (
    "user_id" UUID NOT NULL,
    "draft_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "filename" TEXT NOT NULL,
    "content_type" TEXT,
    "size_octets" INTEGER NOT NULL,
    "content" BYTEA NOT NULL,

    CONSTRAINT "draft_attachment_pkey" PRIMARY KEY ("user_id", "draft_id", "id")
);

ALTER TABLE "draft_attachment" ADD CONSTRAINT "draft_attachment_user_id_draft_id_fkey"
    FOREIGN KEY ("user_id", "draft_id") REFERENCES "draft"("user_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
