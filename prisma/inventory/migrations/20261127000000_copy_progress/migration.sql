-- How far the copies that other subgraphs keep have got: see subgraphs/kit/copies.ts.
CREATE TABLE "copy_progress" (
  "consumer" TEXT NOT NULL,
  "subject" TEXT NOT NULL,
  "version" INTEGER NOT NULL,
  "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "copy_progress_pkey" PRIMARY KEY ("consumer", "subject")
);
CREATE INDEX "copy_progress_recorded_at_idx" ON "copy_progress" ("recorded_at");
