-- An order that is to be cancelled once it is confirmed: its address was changed while its payment was under way.
ALTER TABLE "orders" ADD COLUMN "withdrawn" BOOLEAN NOT NULL DEFAULT false;
