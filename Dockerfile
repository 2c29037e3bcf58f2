# syntax=docker/dockerfile:1
# One image per service: docker build --build-arg SERVICE=reviews . (any folder of subgraphs/, or router)

FROM node:26-slim AS repository
WORKDIR /repository
COPY . .
# The manifests alone: the layers that install packages below are made again only when one of these changes.
RUN mkdir /manifests && tar -cf - package.json package-lock.json .npmrc router/package.json subgraphs/*/package.json | tar -xf - -C /manifests

FROM node:26-slim AS manifests
WORKDIR /app
COPY --from=repository /manifests ./

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
# Memory arenas: without this setting the router sets it and restarts itself. V8's threads then share free memory.
ENV NODE_ENV=production SERVICE=$SERVICE MALLOC_ARENA_MAX=2
# Heap size in MB. Give the container half as much again, for buffers, code and stacks outside the heap.
ENV NODE_OPTIONS=--max-old-space-size=512
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=assembled /out ./
USER node
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --start-interval=1s --retries=3 \
  CMD ["node", "--eval", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["sh", "-c", "exec node \"$( [ \"$SERVICE\" = router ] && echo router/main.mjs || echo \"subgraphs/$SERVICE/main.ts\" )\""]
