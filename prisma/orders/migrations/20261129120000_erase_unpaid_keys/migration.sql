-- The hash of a guest's e-mail and network is of use until the payment is authorized.
UPDATE "orders" SET "unpaid_key" = NULL
 WHERE "unpaid_key" IS NOT NULL AND "step" NOT IN ('RESERVING', 'CHOOSING_PAYMENT', 'AUTHORIZING');
