import { defineConfig } from 'prisma/config'

// Read by Prisma's CLI. Which subgraph and which database it works on are given by `npm run migrate` (dev/migrate.ts).
const { ARGYLE_SUBGRAPH: subgraph, DATABASE_URL: url } = process.env

export default defineConfig(
  subgraph
    ? {
        schema: `prisma/${subgraph}/schema.prisma`,
        migrations: { path: `prisma/${subgraph}/migrations` },
        datasource: { url },
      }
    : {},
)
