-- Rows of a database of before payments and shipping, as the seed of that time wrote them and its saga left them.
INSERT INTO known_product (product_id, sequence) VALUES ('prd_019aa5c2-8c00-7000-8000-0000000000b1', 3);
INSERT INTO known_variant (variant_id, product_id, sku, title, listed) VALUES ('var_019aa5c2-8c00-7000-8000-0000000000c1', 'prd_019aa5c2-8c00-7000-8000-0000000000b1', 'MERINO-M', 'Merino Crew, M', true);
INSERT INTO variant_price (variant_id, currency, minor, sequence) VALUES ('var_019aa5c2-8c00-7000-8000-0000000000c1', 'USD', 1299, 3), ('var_019aa5c2-8c00-7000-8000-0000000000c1', 'EUR', 1199, 3), ('var_019aa5c2-8c00-7000-8000-0000000000c1', 'JPY', 1800, 3);
INSERT INTO variant_availability (variant_id, available, sequence) VALUES ('var_019aa5c2-8c00-7000-8000-0000000000c1', 20, 1);
INSERT INTO customer_address (address_id, customer_id, recipient, line1, city, postal_code, country_code, removed, sequence)
VALUES ('adr_019aa5c2-8c00-7000-8000-0000000000d1', 'usr_019aa5c2-8c00-7000-8000-0000000000a1', 'Ada Lund', '7 Weaver Street', 'Leipzig', '04109', 'DE', false, 1);
INSERT INTO coupon (id, code, basis_points, created_at, times_used) VALUES ('cpn_019aa5c2-8c00-7000-8000-0000000000e1', 'TEN', 1000, '2026-11-01T00:00:00Z', 4);
INSERT INTO cart (id, customer_id, state, currency, version, expires_at) VALUES ('crt_019aa5c2-8c00-7000-8000-0000000000f0', 'usr_019aa5c2-8c00-7000-8000-0000000000a1', 'OPEN', 'USD', 2, '2027-02-01T00:00:00Z');
INSERT INTO cart_line (id, cart_id, variant_id, quantity, seen_minor, position) VALUES ('cln_019aa5c2-8c00-7000-8000-0000000000f0', 'crt_019aa5c2-8c00-7000-8000-0000000000f0', 'var_019aa5c2-8c00-7000-8000-0000000000c1', 2, 1299, 1);
INSERT INTO orders (id, number, customer_id, cart_id, status, step, version, reservation_id, cancel_reason, due_at, attempts, currency, subtotal_minor,
  discount_minor, shipping_minor, tax_minor, total_minor, coupon_code, ship_recipient, ship_line1, ship_city, ship_postal_code, ship_country_code, placed_at)
VALUES ('ord_019aa5c2-8c00-7000-8000-000000000001', 'A-7K2M-9Q01', 'usr_019aa5c2-8c00-7000-8000-0000000000a1', 'crt_019aa5c2-8c00-7000-8000-000000000001', 'CONFIRMED', 'DONE', 2, 'res_019aa5c2-8c00-7000-8000-000000000001', NULL, NULL, 1, 'USD', 2598, 260, 0, 0, 2338, 'TEN', 'Ada Lund',
  '7 Weaver Street', 'Leipzig', '04109', 'DE', '2026-11-27T09:00:00Z');
INSERT INTO order_line (id, order_id, position, variant_id, product_id, sku, title, unit_minor, quantity, discount_minor)
VALUES ('oln_019aa5c2-8c00-7000-8000-000000000001', 'ord_019aa5c2-8c00-7000-8000-000000000001', 1, 'var_019aa5c2-8c00-7000-8000-0000000000c1', 'prd_019aa5c2-8c00-7000-8000-0000000000b1', 'MERINO-M', 'Merino Crew, M', 1299, 2, 260);
INSERT INTO order_status_change (order_id, version, from_status, to_status, at, actor) VALUES
  ('ord_019aa5c2-8c00-7000-8000-000000000001', 1, NULL, 'PENDING', '2026-11-27T09:00:00Z', 'customer'),
  ('ord_019aa5c2-8c00-7000-8000-000000000001', 2, 'PENDING', 'CONFIRMED', '2026-11-27T09:00:01Z', 'shop');
INSERT INTO coupon_redemption (order_id, coupon_id, customer_id, redeemed_at, released_at)
VALUES ('ord_019aa5c2-8c00-7000-8000-000000000001', 'cpn_019aa5c2-8c00-7000-8000-0000000000e1', 'usr_019aa5c2-8c00-7000-8000-0000000000a1', '2026-11-27T09:00:00Z', NULL);
INSERT INTO orders (id, number, customer_id, cart_id, status, step, version, reservation_id, cancel_reason, due_at, attempts, currency, subtotal_minor,
  discount_minor, shipping_minor, tax_minor, total_minor, coupon_code, ship_recipient, ship_line1, ship_city, ship_postal_code, ship_country_code, placed_at)
VALUES ('ord_019aa5c2-8c00-7000-8000-000000000002', 'A-7K2M-9Q02', 'usr_019aa5c2-8c00-7000-8000-0000000000a1', 'crt_019aa5c2-8c00-7000-8000-000000000002', 'CANCELLED', 'DONE', 3, NULL, 'CUSTOMER_REQUEST', NULL, 1, 'USD', 2598, 260, 0, 0, 2338, 'TEN', 'Ada Lund',
  '7 Weaver Street', 'Leipzig', '04109', 'DE', '2026-11-27T09:00:00Z');
INSERT INTO order_line (id, order_id, position, variant_id, product_id, sku, title, unit_minor, quantity, discount_minor)
VALUES ('oln_019aa5c2-8c00-7000-8000-000000000002', 'ord_019aa5c2-8c00-7000-8000-000000000002', 1, 'var_019aa5c2-8c00-7000-8000-0000000000c1', 'prd_019aa5c2-8c00-7000-8000-0000000000b1', 'MERINO-M', 'Merino Crew, M', 1299, 2, 260);
INSERT INTO order_status_change (order_id, version, from_status, to_status, at, actor) VALUES
  ('ord_019aa5c2-8c00-7000-8000-000000000002', 1, NULL, 'PENDING', '2026-11-27T09:00:00Z', 'customer'),
  ('ord_019aa5c2-8c00-7000-8000-000000000002', 2, 'PENDING', 'CANCELLING', '2026-11-27T09:00:01Z', 'customer'),
  ('ord_019aa5c2-8c00-7000-8000-000000000002', 3, 'CANCELLING', 'CANCELLED', '2026-11-27T09:00:02Z', 'shop');
INSERT INTO coupon_redemption (order_id, coupon_id, customer_id, redeemed_at, released_at)
VALUES ('ord_019aa5c2-8c00-7000-8000-000000000002', 'cpn_019aa5c2-8c00-7000-8000-0000000000e1', 'usr_019aa5c2-8c00-7000-8000-0000000000a1', '2026-11-27T09:00:00Z', '2026-11-27T09:00:02Z');
INSERT INTO orders (id, number, customer_id, cart_id, status, step, version, reservation_id, cancel_reason, due_at, attempts, currency, subtotal_minor,
  discount_minor, shipping_minor, tax_minor, total_minor, coupon_code, ship_recipient, ship_line1, ship_city, ship_postal_code, ship_country_code, placed_at)
VALUES ('ord_019aa5c2-8c00-7000-8000-000000000003', 'A-7K2M-9Q03', 'usr_019aa5c2-8c00-7000-8000-0000000000a1', 'crt_019aa5c2-8c00-7000-8000-000000000003', 'PENDING', 'RESERVING', 1, NULL, NULL, '2026-11-27T09:00:30Z', 1, 'USD', 2598, 260, 0, 0, 2338, 'TEN', 'Ada Lund',
  '7 Weaver Street', 'Leipzig', '04109', 'DE', '2026-11-27T09:00:00Z');
INSERT INTO order_line (id, order_id, position, variant_id, product_id, sku, title, unit_minor, quantity, discount_minor)
VALUES ('oln_019aa5c2-8c00-7000-8000-000000000003', 'ord_019aa5c2-8c00-7000-8000-000000000003', 1, 'var_019aa5c2-8c00-7000-8000-0000000000c1', 'prd_019aa5c2-8c00-7000-8000-0000000000b1', 'MERINO-M', 'Merino Crew, M', 1299, 2, 260);
INSERT INTO order_status_change (order_id, version, from_status, to_status, at, actor) VALUES
  ('ord_019aa5c2-8c00-7000-8000-000000000003', 1, NULL, 'PENDING', '2026-11-27T09:00:00Z', 'customer');
INSERT INTO coupon_redemption (order_id, coupon_id, customer_id, redeemed_at, released_at)
VALUES ('ord_019aa5c2-8c00-7000-8000-000000000003', 'cpn_019aa5c2-8c00-7000-8000-0000000000e1', 'usr_019aa5c2-8c00-7000-8000-0000000000a1', '2026-11-27T09:00:00Z', NULL);
INSERT INTO orders (id, number, customer_id, cart_id, status, step, version, reservation_id, cancel_reason, due_at, attempts, currency, subtotal_minor,
  discount_minor, shipping_minor, tax_minor, total_minor, coupon_code, ship_recipient, ship_line1, ship_city, ship_postal_code, ship_country_code, placed_at)
VALUES ('ord_019aa5c2-8c00-7000-8000-000000000004', 'A-7K2M-9Q04', 'usr_019aa5c2-8c00-7000-8000-0000000000a1', 'crt_019aa5c2-8c00-7000-8000-000000000004', 'PENDING', 'COMMITTING_STOCK', 1, 'res_019aa5c2-8c00-7000-8000-000000000004', NULL, '2026-11-27T09:00:30Z', 1, 'USD', 2598, 260, 0, 0, 2338, 'TEN', 'Ada Lund',
  '7 Weaver Street', 'Leipzig', '04109', 'DE', '2026-11-27T09:00:00Z');
INSERT INTO order_line (id, order_id, position, variant_id, product_id, sku, title, unit_minor, quantity, discount_minor)
VALUES ('oln_019aa5c2-8c00-7000-8000-000000000004', 'ord_019aa5c2-8c00-7000-8000-000000000004', 1, 'var_019aa5c2-8c00-7000-8000-0000000000c1', 'prd_019aa5c2-8c00-7000-8000-0000000000b1', 'MERINO-M', 'Merino Crew, M', 1299, 2, 260);
INSERT INTO order_status_change (order_id, version, from_status, to_status, at, actor) VALUES
  ('ord_019aa5c2-8c00-7000-8000-000000000004', 1, NULL, 'PENDING', '2026-11-27T09:00:00Z', 'customer');
INSERT INTO coupon_redemption (order_id, coupon_id, customer_id, redeemed_at, released_at)
VALUES ('ord_019aa5c2-8c00-7000-8000-000000000004', 'cpn_019aa5c2-8c00-7000-8000-0000000000e1', 'usr_019aa5c2-8c00-7000-8000-0000000000a1', '2026-11-27T09:00:00Z', NULL);
INSERT INTO orders (id, number, customer_id, cart_id, status, step, version, reservation_id, cancel_reason, due_at, attempts, currency, subtotal_minor,
  discount_minor, shipping_minor, tax_minor, total_minor, coupon_code, ship_recipient, ship_line1, ship_city, ship_postal_code, ship_country_code, placed_at)
VALUES ('ord_019aa5c2-8c00-7000-8000-000000000005', 'A-7K2M-9Q05', 'usr_019aa5c2-8c00-7000-8000-0000000000a1', 'crt_019aa5c2-8c00-7000-8000-000000000005', 'CANCELLING', 'RELEASING', 2, NULL, 'CUSTOMER_REQUEST', '2026-11-27T09:00:30Z', 1, 'USD', 2598, 260, 0, 0, 2338, 'TEN', 'Ada Lund',
  '7 Weaver Street', 'Leipzig', '04109', 'DE', '2026-11-27T09:00:00Z');
INSERT INTO order_line (id, order_id, position, variant_id, product_id, sku, title, unit_minor, quantity, discount_minor)
VALUES ('oln_019aa5c2-8c00-7000-8000-000000000005', 'ord_019aa5c2-8c00-7000-8000-000000000005', 1, 'var_019aa5c2-8c00-7000-8000-0000000000c1', 'prd_019aa5c2-8c00-7000-8000-0000000000b1', 'MERINO-M', 'Merino Crew, M', 1299, 2, 260);
INSERT INTO order_status_change (order_id, version, from_status, to_status, at, actor) VALUES
  ('ord_019aa5c2-8c00-7000-8000-000000000005', 1, NULL, 'PENDING', '2026-11-27T09:00:00Z', 'customer'),
  ('ord_019aa5c2-8c00-7000-8000-000000000005', 2, 'PENDING', 'CANCELLING', '2026-11-27T09:00:01Z', 'customer');
INSERT INTO coupon_redemption (order_id, coupon_id, customer_id, redeemed_at, released_at)
VALUES ('ord_019aa5c2-8c00-7000-8000-000000000005', 'cpn_019aa5c2-8c00-7000-8000-0000000000e1', 'usr_019aa5c2-8c00-7000-8000-0000000000a1', '2026-11-27T09:00:00Z', NULL);
