-- kit: database/kit.sql

-- Copies of products, from products.product.changed.
CREATE TABLE "known_product" (
  "product_id" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "sequence" INTEGER NOT NULL,
  CONSTRAINT "known_product_pkey" PRIMARY KEY ("product_id")
);

CREATE TABLE "gadget" (
  "id" TEXT NOT NULL,
  "customer_id" TEXT NOT NULL,
  "product_id" TEXT NOT NULL,
  "title" TEXT NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "gadget_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "gadget_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "known_product" ("product_id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT "gadget_title_check" CHECK (char_length("title") BETWEEN 1 AND 120),
  CONSTRAINT "gadget_version_check" CHECK ("version" >= 1)
);
-- A customer's list in the order of createdAt; `id` makes the order total.
CREATE INDEX "gadget_customer_id_created_at_id_idx" ON "gadget" ("customer_id", "created_at", "id");
