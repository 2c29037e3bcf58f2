-- What a line of a cart is short of, after an order of it was refused.
ALTER TABLE "cart_line" ADD COLUMN "short_available" INTEGER, ADD COLUMN "short_sequence" INTEGER,
  ADD CONSTRAINT "cart_line_short_check" CHECK (("short_available" IS NULL) = ("short_sequence" IS NULL) AND "short_available" >= 0);
