import { defineConfig } from 'prisma/config'

// Configuration of Prisma's CLI; `npm run migrate` (dev/migrate.ts) sets the subgraph and the database.
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
