-- Who holds the IDLE connection of which account (docs/adr/0013).

-- How many accounts a worker is ready to watch. 0: none.
ALTER TABLE "worker" ADD COLUMN "watch_limit" INTEGER NOT NULL DEFAULT 0;

-- One row per account that was ever watched. A worker that is struck off lets go of what it watched.
CREATE TABLE "watch" (
    "account_id" UUID NOT NULL,
    "worker_id" TEXT,
    "revision" INTEGER NOT NULL,
    "not_before" TIMESTAMPTZ(3),

    CONSTRAINT "watch_pkey" PRIMARY KEY ("account_id")
);

CREATE INDEX "watch_worker_id_idx" ON "watch"("worker_id");

ALTER TABLE "watch" ADD CONSTRAINT "watch_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "watch" ADD CONSTRAINT "watch_worker_id_fkey" FOREIGN KEY ("worker_id") REFERENCES "worker"("id") ON DELETE SET NULL ON UPDATE CASCADE;
