-- What the kit's own tests serve. The kit's tables are there already: bare-database.ts makes them.
CREATE TABLE "note" (
  "id" TEXT NOT NULL,
  "text" TEXT NOT NULL,
  CONSTRAINT "note_pkey" PRIMARY KEY ("id")
);

-- One row for each time that a message took effect.
CREATE TABLE "heard" (
  "event_id" TEXT NOT NULL,
  "note_id" TEXT NOT NULL
);
