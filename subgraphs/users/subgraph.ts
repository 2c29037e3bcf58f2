import { deleteOldCopyProgress } from '@argyle/kit/copies'
import { defineSubgraph } from '@argyle/kit/subgraph'
import { contextOf } from './context.ts'
import { history } from './history.ts'
import { listens } from './listens.ts'
import { openResources } from './open.ts'
import { resolvers } from './resolvers.ts'
import { userSettings } from './settings.ts'
import { KEY_SET_HEADERS, keySet } from './signing-key/key-set.ts'

const HOUR_MS = 3_600_000

export const users = defineSubgraph({
  name: 'users',
  schema: new URL('schema.graphql', import.meta.url),
  resolvers,
  config: userSettings,
  open: openResources,
  context: contextOf,
  listens,
  history,
  timers: [
    { name: 'forget-copy-progress', everyMs: HOUR_MS, run: ({ prisma }) => deleteOldCopyProgress(prisma) },
    { name: 'rotate-signing-keys', everyMs: HOUR_MS, run: ({ keys }) => keys.rotate() },
    { name: 'forget-sessions', everyMs: HOUR_MS, run: ({ sessions }) => sessions.forget() },
    {
      name: 'make-links',
      everyMs: 1_000,
      due: `SELECT '-infinity'::timestamptz FROM link_request ORDER BY id LIMIT 1`,
      run: ({ links }) => links.makeDue(),
    },
    { name: 'forget-links', everyMs: HOUR_MS, run: ({ links }) => links.forget() },
    { name: 'forget-networks', everyMs: HOUR_MS, run: ({ signIns }) => signIns.forget() },
    { name: 'forget-throttles', everyMs: HOUR_MS, run: ({ throttle }) => throttle.forget() },
  ],
  routes(app, { keys }) {
    app.get('/.well-known/jwks.json', async (_, reply) =>
      reply.headers(KEY_SET_HEADERS).send(await keySet(keys)),
    )
  },
})
