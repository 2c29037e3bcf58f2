-- AlterTable
ALTER TABLE "known_order" ADD COLUMN "country_code" TEXT;
