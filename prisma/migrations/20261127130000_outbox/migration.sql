-- The outbox as its owner sees it (docs/adr/0028). Lists are newest first: ids rise with time.

CREATE INDEX "submission_user_id_id_idx" ON "submission"("user_id", "id");
CREATE INDEX "submission_listed_waiting" ON "submission"("user_id", "id") WHERE "status" IN ('accepted', 'sending', 'deferred');
CREATE INDEX "submission_listed_failed" ON "submission"("user_id", "id") WHERE "status" IN ('failed', 'unknown', 'cancelled');

-- When its owner wanted it sent again: it is tried for as long as at first.
ALTER TABLE "submission" ADD COLUMN "retried_at" TIMESTAMPTZ(3);

-- What may be sent again by hand, until its time is up.
CREATE INDEX "submission_kept" ON "submission"("created_at") WHERE "status" IN ('failed', 'unknown') AND octet_length("source") > 0;
