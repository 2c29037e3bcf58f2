-- The tables of notes. bare-database.ts makes the kit's own tables.
CREATE TABLE "note" (
  "id" TEXT NOT NULL,
  "text" TEXT NOT NULL,
  CONSTRAINT "note_pkey" PRIMARY KEY ("id")
);

-- One row each time that a message took effect.
CREATE TABLE "heard" (
  "event_id" TEXT NOT NULL,
  "note_id" TEXT NOT NULL
);
