# syntax=docker/dockerfile:1
# One image per service: docker build --build-arg SERVICE=reviews . (or users, products, inventory, orders, router)

FROM node:26-slim AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY router/package.json router/
COPY subgraphs/kit/package.json subgraphs/kit/
COPY subgraphs/users/package.json subgraphs/users/
COPY subgraphs/products/package.json subgraphs/products/
COPY subgraphs/inventory/package.json subgraphs/inventory/
COPY subgraphs/reviews/package.json subgraphs/reviews/
COPY subgraphs/orders/package.json subgraphs/orders/

# Everything that it takes to generate code, and then only the files that the service runs on.
FROM manifests AS assembled
ARG SERVICE
RUN npm ci --ignore-scripts
COPY . .
RUN node dev/docker/assemble.ts "$SERVICE" /out

# The packages that this one service needs at run time.
FROM manifests AS dependencies
ARG SERVICE
RUN npm ci --ignore-scripts --omit=dev --workspace "@argyle/$SERVICE" && mkdir -p node_modules

FROM node:26-slim
ARG SERVICE
# What the router sets itself: then it need not start twice. Free memory is not kept apart for each of V8's threads.
ENV NODE_ENV=production SERVICE=$SERVICE MALLOC_ARENA_MAX=2
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=assembled /out ./
USER node
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --start-interval=1s --retries=3 \
  CMD ["node", "--eval", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["sh", "-c", "exec node \"$( [ \"$SERVICE\" = router ] && echo router/main.mjs || echo \"subgraphs/$SERVICE/main.ts\" )\""]
